//go:build demo

package main

import "os"

// keyringService lets the demo use entries of its own, which it removes.
func keyringService() string {
	if s := os.Getenv("QOLTANBA_KEYRING_SERVICE"); s != "" {
		return s
	}
	return "qoltanba-demo"
}
