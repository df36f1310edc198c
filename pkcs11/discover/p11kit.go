package discover

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// program is our name in p11-kit's lists of programs.
const program = "qoltanba"

// p11kit is where p11-kit has its list of modules, pkcs11.conf(5): one file for
// each. The person's own list is not read: what the person adds is added here.
type p11kit struct {
	lists   []string // folders with *.module files; a setting in an earlier one goes first
	modules []string // folders for modules that are named without one
}

// moduleFile is a name that p11-kit reads.
var moduleFile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_,.-]*\.module$`)

// paths returns the paths of the modules that are installed and hold tokens,
// those of the highest priority first. A list that cannot be read is left out,
// and the error tells so.
func (p p11kit) paths() ([]string, error) {
	configs := map[string]map[string]string{}
	var errs []error
	for _, dir := range p.lists {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
		for _, e := range entries {
			if !moduleFile.MatchString(e.Name()) {
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				errs = append(errs, err)
				continue
			}
			merged := settings(string(data))
			maps.Copy(merged, configs[e.Name()])
			configs[e.Name()] = merged
		}
	}
	names := slices.SortedFunc(maps.Keys(configs), func(a, b string) int {
		return cmp.Or(cmp.Compare(priority(configs[b]), priority(configs[a])), cmp.Compare(a, b))
	})
	var all []string
	for _, name := range names {
		if path := p.path(configs[name]); path != "" {
			all = append(all, path)
		}
	}
	return all, errors.Join(errs...)
}

// settings reads lines "name: value".
func settings(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, ":")
		if ok && !strings.HasPrefix(line, "#") {
			all[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return all
}

func priority(config map[string]string) int {
	n, _ := strconv.Atoi(config["priority"]) // what is no number is 0, as without the line
	return n
}

// path returns the path of a module that is for us and installed, else "".
func (p p11kit) path(config map[string]string) string {
	module := config["module"]
	switch {
	case module == "", config["remote"] != "", config["trust-policy"] == "yes":
		return ""
	case strings.HasPrefix(filepath.Base(module), "p11-kit-"):
		return "" // its own: all modules once more, certificates, those of another computer
	case !enabled(config):
		return ""
	}
	if filepath.IsAbs(module) {
		if isFile(module) {
			return module
		}
		return ""
	}
	for _, dir := range p.modules {
		if path := filepath.Join(dir, module); isFile(path) {
			return path
		}
	}
	return ""
}

// enabled tells whether the module is for this program.
func enabled(config map[string]string) bool {
	if only, ok := config["enable-in"]; ok {
		return lists(only)
	}
	return !lists(config["disable-in"])
}

// lists tells whether a list of programs has ours.
func lists(programs string) bool {
	return slices.Contains(strings.FieldsFunc(programs, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }), program)
}
