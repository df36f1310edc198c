// Package sdk holds the library for web pages as it is built in dist, for a
// server that serves it to its own pages.
package sdk

import "embed"

// Dist has the ES modules of @qoltanba/client in the folder dist. A page
// imports dist/client.js, which imports the others from beside it.
//
//go:embed dist/*.js
var Dist embed.FS
