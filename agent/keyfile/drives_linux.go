package keyfile

import (
	"os/user"
	"path/filepath"
	"slices"
)

// removableDrives are the folders where desktops mount drives: /run/media/USER,
// /media/USER, or /media itself.
func removableDrives() []string {
	parents := []string{"/media"}
	if u, err := user.Current(); err == nil && u.Username != "" && filepath.IsLocal(u.Username) {
		parents = append(parents, filepath.Join("/run/media", u.Username), filepath.Join("/media", u.Username))
	}
	return slices.DeleteFunc(folders(parents...), func(dir string) bool { return slices.Contains(parents, dir) })
}
