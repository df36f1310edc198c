//go:build !windows

package main

// leaveConsole has nothing to do: programs here have no window of their own
// for a console.
func leaveConsole() {}
