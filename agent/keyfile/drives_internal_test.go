package keyfile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"KINGSTON", "БАНК", "file"} {
		var err error
		if name == "file" {
			err = os.WriteFile(filepath.Join(dir, name), nil, 0o600)
		} else {
			err = os.Mkdir(filepath.Join(dir, name), 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/", filepath.Join(dir, "Macintosh HD")); err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(dir, "KINGSTON"), filepath.Join(dir, "БАНК")}
	if got := folders(filepath.Join(dir, "nobody"), dir); !slices.Equal(got, want) {
		t.Errorf("folders() = %q, want %q", got, want)
	}
}
