//go:build !linux

// Package harden keeps other programs out of this one's memory.
package harden

// Process has nothing to do here: Windows and macOS write no core dumps unless
// told to, and guard other programs' memory by their own rules.
func Process() error { return nil }
