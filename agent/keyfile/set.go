package keyfile

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"qoltanba/agent"
)

var _ agent.Tokens = (*Set)(nil)

// Config says where key files are looked for.
type Config struct {
	// Drives returns the folders of the removable drives that are connected. Nil
	// stands for those of this computer.
	Drives func() []string
	Files  []string      // files that the person named; they need not be there
	Poll   time.Duration // between two looks of Watch, a second if 0
}

// Limits of a look at a drive: a folder with more entries than this is no place
// where anybody looks for a key.
const (
	maxEntries = 4096
	maxFiles   = 64
)

// Set is the key files that are connected.
type Set struct {
	config  Config
	turn    chan struct{} // holds one while somebody looks at the drives
	files   []*file       // as they were found last; whoever has the turn uses it
	learned chan struct{} // tells Watch that a file has shown its certificates
	settled chan struct{} // closed after the first look of Watch was told
	settle  func()        // closes it

	mu     sync.Mutex
	opened map[[sha256.Size]byte][]shown // what files held that were opened once, by content
}

// NewSet returns a Set that has not looked yet.
func NewSet(c Config) *Set {
	if c.Drives == nil {
		c.Drives = removableDrives
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	settled := make(chan struct{})
	return &Set{config: c, turn: make(chan struct{}, 1), learned: make(chan struct{}, 1),
		settled: settled, settle: sync.OnceFunc(func() { close(settled) }),
		opened: make(map[[sha256.Size]byte][]shown)}
}

// Settled is closed when Watch has told of the files that were there at its start, or
// when a drive has kept it from that for so long that nobody should go on waiting.
func (s *Set) Settled() <-chan struct{} { return s.settled }

// patience is how long List and Open wait for the drives. Whoever calls them has the
// person's turn: a drive that hangs must not keep the tokens from being used.
const patience = 5 * time.Second

// errHangs ends a look that took longer. What lies on such a drive cannot be used.
var errHangs = fmt.Errorf("a drive does not answer: %w", agent.ErrNoToken)

// List implements agent.Tokens.
func (s *Set) List(ctx context.Context) ([]agent.TokenInfo, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errHangs)
	defer cancel()
	return s.list(ctx)
}

func (s *Set) list(ctx context.Context) ([]agent.TokenInfo, error) {
	files, err := s.look(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for key files: %w", err)
	}
	var all []agent.TokenInfo
	for _, f := range files {
		i := f.describe()
		if slices.ContainsFunc(files, func(o *file) bool { return o != f && o.label == f.label }) {
			i.Label = f.path // the name alone does not tell which
		}
		all = append(all, i)
	}
	return all, nil
}

// Watch implements agent.Tokens. It is called by one at a time. Drives are looked at
// in regular intervals: the roots of FAT drives have no time of change, and not every
// system tells of changes on them.
func (s *Set) Watch(ctx context.Context, changed func([]agent.TokenInfo)) error {
	ticker := time.NewTicker(s.config.Poll)
	defer ticker.Stop()
	defer time.AfterFunc(patience, s.settle).Stop()
	var last []agent.TokenInfo
	for first := true; ; first = false {
		now, err := s.list(ctx) // however long it takes
		if err != nil {
			return fmt.Errorf("watching key files: %w", err)
		}
		if first || !reflect.DeepEqual(now, last) {
			changed(now)
			last = now
		}
		s.settle()
		select {
		case <-ticker.C:
		case <-s.learned:
		case <-ctx.Done():
			return fmt.Errorf("watching key files: %w", ctx.Err())
		}
	}
}

// Open implements agent.Tokens.
func (s *Set) Open(ctx context.Context, id agent.TokenID) (agent.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errHangs)
	defer cancel()
	files, err := s.look(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening key file %q: %w", id.Serial, err)
	}
	i := slices.IndexFunc(files, func(f *file) bool { return f.id() == id })
	if i < 0 {
		return nil, fmt.Errorf("opening key file %q: %w", id.Serial, agent.ErrNoToken)
	}
	return &token{set: s, file: files[i]}, nil
}

// look returns the files that are there now. A drive that hangs keeps other looks
// waiting, but no longer than their ctx.
func (s *Set) look(ctx context.Context) ([]*file, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if ctx.Err() != nil {
		<-s.turn
		return nil, context.Cause(ctx)
	}
	done := make(chan []*file, 1)
	go func() { // ends with the answer of the file system, and is left to it when ctx ends
		defer func() { <-s.turn }()
		done <- s.scan()
	}()
	select {
	case files := <-done:
		return files, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// scan is one look. The turn is held.
func (s *Set) scan() []*file {
	paths := slices.Clone(s.config.Files)
	for _, dir := range s.config.Drives() {
		paths = append(paths, candidates(dir)...)
	}
	var now []*file
	for _, path := range paths {
		f := s.at(path)
		if f != nil && !slices.ContainsFunc(now, func(o *file) bool { return o.sum == f.sum }) {
			now = append(now, f)
		}
	}
	for _, f := range s.files {
		if !slices.Contains(now, f) {
			f.lose()
		}
	}
	s.files = now
	return now
}

// at returns the file of that path: the one that was there before if it has not
// changed, or nil if there is none that can be read. The turn is held.
func (s *Set) at(path string) *file {
	i := slices.IndexFunc(s.files, func(f *file) bool { return f.path == path })
	if i >= 0 && s.files[i].stays() {
		return s.files[i]
	}
	f, err := found(path)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.opened[f.sum]; ok {
		f.shown, f.known = known, true
	}
	return f
}

// candidates are the paths of what may be a key file by its name, in the top folder
// of a drive.
func candidates(dir string) []string {
	d, err := os.Open(dir)
	if err != nil {
		return nil // it was pulled, or is not for us
	}
	defer d.Close()
	entries, _ := d.ReadDir(maxEntries) // those that could be read
	var all []string
	for _, e := range entries {
		name := e.Name()
		ext := strings.ToLower(filepath.Ext(name))
		// Symbolic links lead away from the drive, and names with a dot in front are
		// not seen by people: macOS keeps a "._Key.pfx" beside each Key.pfx.
		if e.Type().IsRegular() && (ext == ".p12" || ext == ".pfx") && name[0] != '.' {
			all = append(all, filepath.Join(dir, name))
		}
	}
	slices.Sort(all)
	return all[:min(len(all), maxFiles)]
}

// learn keeps what a file has shown when it was opened.
func (s *Set) learn(f *file) {
	f.mu.RLock()
	known := f.shown
	f.mu.RUnlock()
	s.mu.Lock()
	s.opened[f.sum] = known
	s.mu.Unlock()
	select {
	case s.learned <- struct{}{}:
	default: // Watch has not looked since the last time
	}
}
