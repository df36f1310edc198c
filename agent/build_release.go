//go:build !demo

package agent

// demoBuild is false: no page of this computer (http://localhost) is served.
const demoBuild = false
