//go:build !demo

package bank

// demoBuild is false: installers come by https.
const demoBuild = false
