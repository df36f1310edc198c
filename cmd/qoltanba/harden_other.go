//go:build !linux

package main

// harden has nothing to do here: Windows and macOS write no core dumps unless
// told to, and guard other programs' memory by their own rules.
func harden() error { return nil }
