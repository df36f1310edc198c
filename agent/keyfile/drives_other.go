//go:build !linux && !darwin && !windows

package keyfile

// removableDrives is empty where it is not known how drives are mounted.
func removableDrives() []string { return nil }
