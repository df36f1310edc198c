package agent

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// indexed is a folder of code generators that a test changes as other programs do, and
// the index of it.
type indexed struct {
	*generatorIndex
	t     *testing.T
	reads int
}

var indexToken = TokenID{Manufacturer: "Test", Serial: "A1"}

func newIndexed(t *testing.T) *indexed {
	x := &indexed{t: t, generatorIndex: newGeneratorIndex(t.TempDir())}
	load := x.load
	x.load = func(config string) ([]*generator, []string, error) {
		x.reads++
		return load(config)
	}
	return x
}

func (x *indexed) dir(id string) string { return filepath.Join(x.config, generatorsDir, id) }

// put stores a device, or changes one.
func (x *indexed) put(id, name string) {
	x.t.Helper()
	if err := os.MkdirAll(x.dir(id), 0o700); err != nil {
		x.t.Fatal(err)
	}
	if err := (generatorMeta{Kind: GeneratorSpectra, Name: name, Token: &indexToken}).save(x.dir(id)); err != nil {
		x.t.Fatal(err)
	}
}

// set gives the folder, or the file of a device, the time of its last change.
func (x *indexed) set(path string, ago time.Duration) {
	x.t.Helper()
	at := time.Now().Add(-ago)
	if err := os.Chtimes(path, at, at); err != nil {
		x.t.Fatal(err)
	}
}

// wants compares the names, and how often the folder was read for them.
func (x *indexed) wants(what string, reads int, names ...string) {
	x.t.Helper()
	before := x.reads
	var got []string
	for _, d := range x.on(indexToken) {
		got = append(got, d.meta.Name)
	}
	slices.Sort(got)
	if !slices.Equal(got, names) || x.reads-before != reads {
		x.t.Errorf("%s: %q after %d reads, want %q after %d", what, got, x.reads-before, names, reads)
	}
}

// The folder is read when something has changed, whoever changed it, and not else.
func TestGeneratorIndex(t *testing.T) {
	x := newIndexed(t)
	file := func(id string) string { return filepath.Join(x.dir(id), generatorFile) }
	x.wants("no folder", 1)
	x.wants("still none", 0)
	x.put("1", "one")
	x.put("2", "two")
	x.set(file("1"), time.Hour)
	x.set(file("2"), time.Hour)
	x.set(x.dir(""), time.Hour)
	x.wants("two were stored", 1, "one", "two")
	x.wants("nothing has changed", 0, "one", "two")
	if got := x.on(TokenID{Serial: "B2"}); len(got) != 0 {
		t.Errorf("on another token: %v", got)
	}

	x.put("1", "eins")
	x.wants("one has another name", 1, "eins", "two")
	x.set(file("1"), time.Minute)
	x.wants("read once more, as it was new", 1, "eins", "two")
	x.wants("nothing has changed since", 0, "eins", "two")

	x.put("3", "three")
	x.wants("a third one", 1, "eins", "three", "two")
	if err := os.RemoveAll(x.dir("3")); err != nil {
		t.Fatal(err)
	}
	x.wants("it went", 1, "eins", "two")
	x.set(x.dir(""), time.Minute)
	x.wants("read once more", 1, "eins", "two")
	x.wants("nothing has changed again", 0, "eins", "two")
	if err := os.Rename(x.dir("2"), x.dir("2")+generatorUnready); err != nil {
		t.Fatal(err)
	}
	x.wants("one was given up", 1, "eins")
	x.set(x.dir(""), time.Minute)
	x.wants("read once more", 1, "eins")

	x.forget()
	x.wants("changed by ourselves", 1, "eins")
	if err := os.WriteFile(file("1"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x.set(file("1"), time.Minute)
	x.wants("one that cannot be read", 1)
	x.wants("it may be mended", 1)
}

// Two changes within one step of the file system's clock look the same.
func TestGeneratorIndexSameTime(t *testing.T) {
	x := newIndexed(t)
	x.put("1", "one")
	at := time.Now()
	stamp := func() {
		for _, path := range []string{filepath.Join(x.dir("1"), generatorFile), x.dir("")} {
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	stamp()
	x.wants("stored", 1, "one")
	x.put("1", "two")
	stamp()
	x.wants("changed at the same time", 1, "two")
}
