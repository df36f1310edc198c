//go:build race

package cms_test

// raceStride is how many of the cases of a long table are left out for one that
// runs. It is odd, so that every bit of a byte has its turn.
const raceStride = 11
