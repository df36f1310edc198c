package keyfile

import (
	"os"
	"path/filepath"
)

// folders returns the folders in those folders, without symbolic links.
func folders(parents ...string) []string {
	var all []string
	for _, parent := range parents {
		entries, err := os.ReadDir(parent)
		if err != nil {
			continue // nothing was ever mounted there
		}
		for _, e := range entries {
			if e.IsDir() {
				all = append(all, filepath.Join(parent, e.Name()))
			}
		}
	}
	return all
}
