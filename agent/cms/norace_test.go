//go:build !race

package cms_test

const raceStride = 1
