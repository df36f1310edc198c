package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/agent/payment"
	"qoltanba/agent/sealed"
)

// Each device has a folder of its own below generators, with a random name: device.json
// tells a person which one it is, and record is that of package otp, sealed with a key
// from the keyring.
const (
	generatorsDir    = "generators"
	generatorFile    = "device.json"
	generatorRecord  = "record"
	generatorUnready = ".new"            // ends the name of a folder that is not complete
	generatorsLock   = "generators.lock" // beside generators, held by whoever stores a device
)

// generatorMeta is the content of device.json. It lies in plain and is not sealed: who
// can write it can give a device another name, no more.
type generatorMeta struct {
	Kind   GeneratorKind `json:"kind"`
	Name   string        `json:"name"`
	Bank   string        `json:"bank"`
	Added  time.Time     `json:"added"`
	Serial string        `json:"serial,omitempty"` // SpectraNet
	// SpectraNet: the token that holds the keys, nil where they are in the record.
	Token     *TokenID `json:"token,omitempty"`
	TokenName string   `json:"tokenName,omitempty"`
	Parts     []int    `json:"parts,omitempty"` // MobiPass: lengths of the parts of the activation code
	Check     bool     `json:"check,omitempty"` // MobiPass: each part ends with a check digit
}

// maxGeneratorName bounds a name, in letters.
const maxGeneratorName = 60

// generatorName makes of a text a name that can be shown in one line.
func generatorName(text string) string {
	text = strings.Join(strings.Fields(payment.Visible(text)), " ")
	if letters := []rune(text); len(letters) > maxGeneratorName {
		text = string(letters[:maxGeneratorName-1]) + "…"
	}
	return text
}

// loadGenerators finds the stored devices, in the order in which they were stored, and
// opens none; and the folders of those that are not complete. A device whose device.json
// cannot be read is damaged.
func loadGenerators(config string) (all []*generator, unready []string, err error) {
	dir := filepath.Join(config, generatorsDir)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("finding the code generators: %w", err)
	}
	var errs []error
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case !e.IsDir():
		case strings.HasSuffix(e.Name(), generatorUnready):
			unready = append(unready, path)
		default:
			d := newGenerator(path)
			if err := d.loadMeta(); err != nil {
				errs = append(errs, err)
				d.meta = generatorMeta{Kind: GeneratorSpectra, Name: d.id}
				d.unread = true
			}
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b *generator) int { return a.meta.Added.Compare(b.meta.Added) })
	return all, unready, errors.Join(errs...)
}

// lockGenerators keeps every other program, and every other window of this one, from
// storing a device: two would store one serial number twice, and each would take the
// other's folder for one that was left behind. It returns otp.ErrInUse while another does.
func lockGenerators(config string) (io.Closer, error) {
	return otp.Lock(filepath.Join(config, generatorsLock))
}

// waitForGenerators is lockGenerators that waits, giving up when ctx ends.
func waitForGenerators(ctx context.Context, config string) (io.Closer, error) {
	for {
		lock, err := lockGenerators(config)
		if !errors.Is(err, otp.ErrInUse) {
			return lock, err
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return nil, canceled(ctx)
		}
	}
}

// lockPause is the time between two tries to lock; a device is stored in less than a
// person notices, unless the keyring asks for its password.
const lockPause = 20 * time.Millisecond

// removeUnready removes what is left of a device that was being added when the program
// ended: nobody was told that it is stored. Where it has keys in a token it waits for
// sweepHeld. The caller has lockGenerators.
func removeUnready(ctx context.Context, path string, ring *generatorRing) error {
	// Without device.json nothing is on a token yet. One that cannot be read may be of a
	// token, whose keys nothing else names.
	d := newGenerator(path)
	if err := d.loadMeta(); err == nil && d.meta.Token != nil {
		return nil
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	store, err := otp.OpenFileStore(filepath.Join(path, generatorRecord))
	if errors.Is(err, otp.ErrInUse) {
		return nil
	}
	if err != nil {
		return err
	}
	id := strings.TrimSuffix(filepath.Base(path), generatorUnready)
	if err := ring.keys(id).Delete(ctx, spectraKey); err != nil {
		return errors.Join(err, store.Close())
	}
	return errors.Join(store.RemoveAll(), os.RemoveAll(path))
}

func (d *generator) loadMeta() error {
	data, err := os.ReadFile(filepath.Join(d.dir, generatorFile))
	if err == nil {
		err = json.Unmarshal(data, &d.meta)
	}
	if err == nil && d.meta.Kind != GeneratorSpectra && d.meta.Kind != GeneratorMobi {
		err = fmt.Errorf("device of kind %q", d.meta.Kind)
	}
	if err == nil && d.meta.Kind == GeneratorMobi && len(d.meta.Parts) == 0 {
		err = errors.New("MobiPass without parts")
	}
	if err != nil {
		return fmt.Errorf("reading %s of code generator %s: %w", generatorFile, d.id, err)
	}
	d.serial = d.meta.Serial
	d.meta.Name, d.meta.Bank, d.meta.Serial = generatorName(d.meta.Name), generatorName(d.meta.Bank), generatorName(d.meta.Serial)
	d.meta.TokenName = payment.Visible(d.meta.TokenName)
	return nil
}

func (m generatorMeta) save(dir string) error {
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	return sealed.WriteFile(filepath.Join(dir, generatorFile), data)
}

// storeGenerator stores a new device: create puts into store what it keeps, if it
// keeps anything yet, and undo takes back what create did elsewhere. Killed at any
// moment, the device is there in full or a folder that loadGenerators tells of, whose
// device.json was written before create began. A serial number that is there already is
// ErrGeneratorTwice.
func storeGenerator(ctx context.Context, config string, m generatorMeta, create func(id string, store *otp.FileStore) error, undo func(id string) error) (d *generator, err error) {
	lock, err := waitForGenerators(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("storing a code generator: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	return storeLocked(config, m, create, undo)
}

// storeLocked is storeGenerator for whoever has lockGenerators.
func storeLocked(config string, m generatorMeta, create func(id string, store *otp.FileStore) error, undo func(id string) error) (d *generator, err error) {
	if err := onlyOne(config, m.Serial); err != nil {
		return nil, err
	}
	m.Added = time.Now()
	id := rand.Text()
	dir := filepath.Join(config, generatorsDir, id)
	unready := dir + generatorUnready
	store, err := otp.OpenFileStore(filepath.Join(unready, generatorRecord))
	if err != nil {
		return nil, fmt.Errorf("storing a code generator: %w", err)
	}
	begun := false
	if err = m.save(unready); err == nil {
		err = syncFolder(filepath.Dir(dir))
	}
	if err == nil {
		begun = true
		err = create(id, store)
	}
	// Windows renames no folder with an open file in it.
	if err = errors.Join(err, store.Close()); err == nil {
		err = os.Rename(unready, dir)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(dir))
	}
	if err != nil {
		err = fmt.Errorf("storing a code generator: %w", err)
		if begun && !errors.Is(err, ErrVault) {
			if undone := undo(id); undone != nil {
				return nil, errors.Join(err, undone) // what stays behind says what is to be taken back
			}
		}
		return nil, errors.Join(err, os.RemoveAll(unready), os.RemoveAll(dir))
	}
	d = newGenerator(dir)
	d.meta, d.serial = m, m.Serial
	return d, nil
}

// onlyOne refuses a serial number that is stored already, by whomever: a second record
// would have three tries of its own. The caller has lockGenerators.
func onlyOne(config, serial string) error {
	if serial == "" {
		return nil
	}
	stored, _, _ := loadGenerators(config) // one that cannot be read has no number to compare
	if slices.ContainsFunc(stored, func(d *generator) bool { return d.serial == serial }) {
		return fmt.Errorf("token %s: %w", serial, ErrGeneratorTwice)
	}
	return nil
}

// syncFolder makes a rename in the folder last, also if the power goes: a key that is
// saved later must not be found in a folder that is not complete. Windows does so itself.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
