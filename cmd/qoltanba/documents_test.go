package main

import (
	"os"
	"strings"
	"testing"
)

// TestDocuments holds the documentation to what the banks' instructions name and a reader
// looks for.
func TestDocuments(t *testing.T) {
	for item, test := range map[string]struct {
		file string
		says []string
	}{
		"K2 Internet Explorer": {"../../README.md", []string{
			"Internet Explorer is named in the definitions of the bank's old instructions but not in their steps; it is not supported",
		}},
		"K3 lowest Windows": {"../../installer/README.md", []string{
			"Windows 10 and later", "Windows 7 and 8, the former named by the bank's instructions, cannot run them",
		}},
		"M2 where MobiPass is had from": {"../../README.md", []string{
			"MobiPass is part of Qoltanba and is had with it, not from AppStore or Play Market", "`make dist` makes a .deb and Windows programs",
		}},
		"M4 no Wi-Fi": {"../../README.md", []string{
			"the Wi-Fi steps of its guide (2.1), which load it into a telephone, have no counterpart here",
		}},
	} {
		t.Run(item, func(t *testing.T) {
			data, err := os.ReadFile(test.file)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(strings.Fields(string(data)), " ")
			for _, want := range test.says {
				if !strings.Contains(text, want) {
					t.Errorf("%s does not say %q", test.file, want)
				}
			}
		})
	}
}
