//go:build demo

package agent

// demoBuild allows pages of this computer to ask, so that the demo needs no
// certificate. It is false in every binary that is shipped.
const demoBuild = true
