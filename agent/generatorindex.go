package agent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A generatorIndex is what the windows of tokens ask at each drawing: the stored devices
// whose keys lie in a token. It reads the folder again when something in it has changed,
// here or by another program that shares it.
type generatorIndex struct {
	config string
	load   func(config string) (all []*generator, unready []string, err error) // loadGenerators; another one in tests

	mu     sync.Mutex
	held   []heldDevice
	stamps []fileStamp // of what held was read from; nil when it is to be read again
}

// heldDevice is a stored device whose keys lie in a token.
type heldDevice struct {
	id   string
	meta generatorMeta
}

// fileStamp tells whether a file or folder is still the one that was read. The zero time
// is of one that is not there.
type fileStamp struct {
	path string
	time time.Time
	size int64
}

// stampGrain is the coarsest step of a file system's clock, generously. What was changed
// less than that before it was read can change again and look the same: it is read again.
const stampGrain = 5 * time.Second

func newGeneratorIndex(config string) *generatorIndex {
	return &generatorIndex{config: config, load: loadGenerators}
}

// forget has the folder read again: something was changed by ourselves. Not every file
// system gives a folder a new time then.
func (x *generatorIndex) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.stamps = nil
}

// on lists the devices whose keys lie in that token. One that cannot be read is not
// listed.
func (x *generatorIndex) on(token TokenID) []heldDevice {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stamps == nil || slices.ContainsFunc(x.stamps, func(s fileStamp) bool { return stampOf(s.path) != s }) {
		x.read()
	}
	return slices.DeleteFunc(slices.Clone(x.held), func(d heldDevice) bool { return *d.meta.Token != token })
}

// read reads the folder. x.mu is held.
func (x *generatorIndex) read() {
	trusted := time.Now().Add(-stampGrain)
	x.held, x.stamps = nil, nil
	stamps := []fileStamp{stampOf(filepath.Join(x.config, generatorsDir))}
	all, _, err := x.load(x.config)
	for _, d := range all {
		stamps = append(stamps, stampOf(filepath.Join(d.dir, generatorFile)))
		if d.meta.Token != nil {
			x.held = append(x.held, heldDevice{d.id, d.meta})
		}
	}
	if err == nil && !slices.ContainsFunc(stamps, func(s fileStamp) bool { return s.time.After(trusted) }) {
		x.stamps = stamps
	}
}

// stampOf is how a file or folder looks now. What cannot be looked at never looks the same.
func stampOf(path string) fileStamp {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fileStamp{path: path}
	case err != nil:
		return fileStamp{path: path, time: time.Now()}
	}
	return fileStamp{path: path, time: info.ModTime(), size: info.Size()}
}
