//go:build demo

package bank

// demoBuild lets a link to an installer lead to this computer, where the demo's bank is.
const demoBuild = true
