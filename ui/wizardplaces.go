package ui

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"qoltanba/ui/text"
)

// keyFile is a file that may hold a key, or a folder to look in.
type keyFile struct {
	name   string
	path   string // "" for the list of places
	place  string // where a file was found, in the list of places
	folder bool
	drive  bool // a folder that is the root of a drive, or a file that was found in one
	up     bool // the folder above
	usual  bool // of a name that banks give
}

// usualNames are the files that banks hand out.
var usualNames = []string{"gost.pfx", "key.pfx"}

// keyFolder lists the key files of a folder, those with a usual name first, and
// its folders. What is hidden is left out.
func keyFolder(folder string) ([]keyFile, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []keyFile
	for _, e := range entries {
		k := keyFile{name: e.Name(), path: filepath.Join(folder, e.Name()), folder: e.IsDir()}
		if e.Type()&os.ModeSymlink != 0 {
			if info, err := os.Stat(k.path); err == nil {
				k.folder = info.IsDir()
			}
		}
		lower := strings.ToLower(k.name)
		if strings.HasPrefix(lower, ".") || !k.folder && filepath.Ext(lower) != ".pfx" && filepath.Ext(lower) != ".p12" {
			continue
		}
		k.usual = !k.folder && slices.Contains(usualNames, lower)
		all = append(all, k)
	}
	slices.SortStableFunc(all, func(a, b keyFile) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)))
	})
	return all, nil
}

// rank puts usual names before other key files, and those before folders.
func rank(k keyFile) int {
	switch {
	case k.usual:
		return 0
	case !k.folder:
		return 1
	}
	return 2
}

func hasKeyFile(all []keyFile) bool {
	return slices.ContainsFunc(all, func(k keyFile) bool { return !k.folder })
}

// parent is the folder above, "" (the places) above a root.
func parent(folder string) string {
	up := filepath.Dir(folder)
	if up == folder {
		return ""
	}
	return up
}

// keyPlaces are the drives and the person's folders, and before them the key
// files that lie at the top of one.
func keyPlaces(l text.Lang) []keyFile {
	places := drives(runtime.GOOS)
	if home, err := os.UserHomeDir(); err == nil {
		named := map[string]string{}
		if config, err := os.UserConfigDir(); err == nil && runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
			named = userFolders(home, config)
		}
		for _, p := range []struct {
			name         text.Key
			own, english string
		}{{text.FileDesktop, "XDG_DESKTOP_DIR", "Desktop"}, {text.FileDownloads, "XDG_DOWNLOAD_DIR", "Downloads"},
			{text.FileDocuments, "XDG_DOCUMENTS_DIR", "Documents"}, {text.FileHome, "", ""}} {
			for _, path := range []string{named[p.own], filepath.Join(home, p.english)} {
				if info, err := os.Stat(path); err == nil && info.IsDir() {
					places = append(places, keyFile{name: l.T(p.name), path: path, folder: true})
					break
				}
			}
		}
	}
	if runtime.GOOS != "windows" {
		places = append(places, keyFile{name: l.T(text.FileComputer), path: "/", folder: true})
	}
	return append(foundIn(places), places...)
}

// userFolders are the person's folders as the desktop has named them, mostly in the
// person's language: the file user-dirs.dirs (xdg-user-dirs) has lines such as
// XDG_DESKTOP_DIR="$HOME/Рабочий стол". One that is the home folder itself is none.
func userFolders(home, config string) map[string]string {
	all := map[string]string{}
	data, err := os.ReadFile(filepath.Join(config, "user-dirs.dirs"))
	if err != nil {
		return all
	}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		value = unescaped(strings.Trim(value, `"`))
		if below, ok := strings.CutPrefix(value, "$HOME/"); ok {
			value = filepath.Join(home, below)
		}
		if filepath.IsAbs(value) && filepath.Clean(value) != filepath.Clean(home) {
			all[name] = value
		}
	}
	return all
}

// unescaped is s without the backslashes that a shell takes away.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// foundIn returns the key files with usual names at the top of the places.
func foundIn(places []keyFile) []keyFile {
	var found []keyFile
	for _, p := range places {
		all, err := keyFolder(p.path)
		if err != nil {
			continue
		}
		for _, k := range all {
			if k.usual {
				k.place, k.drive = p.name, p.drive
				found = append(found, k)
			}
		}
	}
	return found
}

// drives are those that can be plugged in: where the system mounts them, and on
// Windows every letter.
func drives(system string) []keyFile {
	var all []keyFile
	add := func(name, path string) {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			all = append(all, keyFile{name: name, path: path, folder: true, drive: true})
		}
	}
	if system == "windows" {
		for letter := 'D'; letter <= 'Z'; letter++ {
			add(string(letter)+":", string(letter)+`:\`)
		}
		add("C:", `C:\`)
		return all
	}
	patterns := []string{"/media/*/*", "/run/media/*/*", "/mnt/*"}
	if system == "darwin" {
		patterns = []string{"/Volumes/*"}
	}
	for _, p := range patterns {
		mounted, _ := filepath.Glob(p) // the patterns are well formed
		for _, path := range mounted {
			add(filepath.Base(path), path)
		}
	}
	return all
}
