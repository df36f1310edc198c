package main

import "os"

// ours is true: modules are looked for in folders of the system only.
func ours(os.FileInfo) bool { return true }
