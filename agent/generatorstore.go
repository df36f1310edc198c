package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
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
	generatorUnready = ".new" // ends the name of a folder that is not complete
)

// generatorMeta is the content of device.json. It lies in plain and is not sealed: who
// can write it can give a device another name, no more.
type generatorMeta struct {
	Kind   GeneratorKind `json:"kind"`
	Name   string        `json:"name"`
	Bank   string        `json:"bank"`
	Added  time.Time     `json:"added"`
	Serial string        `json:"serial,omitempty"` // SpectraNet
	Parts  []int         `json:"parts,omitempty"`  // MobiPass: lengths of the parts of the activation code
	Check  bool          `json:"check,omitempty"`  // MobiPass: each part ends with a check digit
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

// removeUnready removes what is left of a device that was being added when the program
// ended: nobody was told that it is stored. One that is being added now is locked.
func removeUnready(ctx context.Context, path string, ring *generatorRing) error {
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
// keeps anything yet. Killed at any moment, the device is there in full or a folder
// that loadGenerators removes.
func storeGenerator(config string, m generatorMeta, create func(id string, store *otp.FileStore) error) (*generator, error) {
	m.Added = time.Now()
	id := rand.Text()
	dir := filepath.Join(config, generatorsDir, id)
	unready := dir + generatorUnready
	store, err := otp.OpenFileStore(filepath.Join(unready, generatorRecord))
	if err != nil {
		return nil, fmt.Errorf("storing a code generator: %w", err)
	}
	if err = create(id, store); err == nil {
		err = m.save(unready)
	}
	// Windows renames no folder with an open file in it.
	if err = errors.Join(err, store.Close()); err == nil {
		err = os.Rename(unready, dir)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(dir))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("storing a code generator: %w", err), os.RemoveAll(unready), os.RemoveAll(dir))
	}
	d := newGenerator(dir)
	d.meta, d.serial = m, m.Serial
	return d, nil
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
