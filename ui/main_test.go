package ui

import (
	"os"
	"testing"
	"time"
)

// TestMain makes the computer's time zone, which dates are shown in, that of the screens
// in testdata.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}
