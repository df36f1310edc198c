package otp

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// saving is what Save does, in the order that lets no power cut take a record back.
var saving = []string{"remove record.tmp", "create record.tmp", "write", "sync", "close", "rename record.tmp to record", "sync folder device"}

// hooked is the computer's disk with do around each step.
type hooked struct {
	osDisk
	do func(step string, op func() error) error
}

func (h hooked) mkdir(path string) error {
	return h.do("make folder "+filepath.Base(path), func() error { return h.osDisk.mkdir(path) })
}

func (h hooked) create(path string) (f diskFile, err error) {
	defer func() { closeDead(f, recover()) }()
	err = h.do("create "+filepath.Base(path), func() (err error) {
		f, err = h.osDisk.create(path)
		return err
	})
	return hookedFile{f, h.do}, err
}

func (h hooked) rename(from, to string) error {
	return h.do("rename "+filepath.Base(from)+" to "+filepath.Base(to), func() error { return h.osDisk.rename(from, to) })
}

func (h hooked) remove(path string) error {
	return h.do("remove "+filepath.Base(path), func() error { return h.osDisk.remove(path) })
}

func (h hooked) syncDir(path string) error {
	return h.do("sync folder "+filepath.Base(path), func() error { return h.osDisk.syncDir(path) })
}

type hookedFile struct {
	diskFile
	do func(step string, op func() error) error
}

func (f hookedFile) Write(b []byte) (n int, err error) {
	defer func() { closeDead(f.diskFile, recover()) }()
	err = f.do("write", func() (err error) {
		n, err = f.diskFile.Write(b)
		return err
	})
	return n, err
}

func (f hookedFile) Sync() error {
	defer func() { closeDead(f.diskFile, recover()) }()
	return f.do("sync", f.diskFile.Sync)
}

func (f hookedFile) Close() error {
	defer f.diskFile.Close() // also where it fails
	return f.do("close", f.diskFile.Close)
}

// closeDead goes on with a panic that stands for a kill, after which no file is open:
// Windows removes none that is.
func closeDead(f diskFile, r any) {
	if r == nil {
		return
	}
	if f != nil {
		f.Close()
	}
	panic(r)
}

// tape notes the steps of a disk, and what else is done between them.
type tape struct {
	steps []string
	fail  string       // the step that fails
	after func(string) // is told what was done; may be nil
}

func (p *tape) do(step string, op func() error) error {
	p.steps = append(p.steps, step)
	if step == p.fail {
		return errFull
	}
	err := op()
	if err == nil && p.after != nil {
		p.after(step)
	}
	return err
}

// want compares the tape with steps, and takes them off it.
func (p *tape) want(t *testing.T, what string, steps ...string) {
	t.Helper()
	if !slices.Equal(p.steps, steps) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(p.steps, "\n"), strings.Join(steps, "\n"))
	}
	p.steps = nil
}

// onTape is a store in a folder whose steps are noted.
func onTape(t *testing.T) (*FileStore, *tape) {
	t.Helper()
	p := new(tape)
	s := openFiles(t, folder(t))
	t.Cleanup(func() { s.Close() })
	s.disk = hooked{do: p.do}
	return s, p
}

// tapedSpectra is a token that is on, locked by three wrong PINs if it says so. Its key
// for unlock codes notes on the tape when it is used.
func tapedSpectra(t *testing.T, locked bool) (*Spectra, *tape) {
	t.Helper()
	s, p := onTape(t)
	key := make([]byte, 32)
	issue := SpectraIssue{Serial: "AB12345", Hash: crypto.SHA1, Code: key, Lock: key, StartPIN: []byte("7391"), Cost: cheap}
	unlock := func(message []byte) ([]byte, error) {
		p.steps = append(p.steps, "compute unlock code")
		return HMAC(crypto.SHA256, key)(message)
	}
	if err := CreateSpectra(s, key, issue); err != nil {
		t.Fatal(err)
	}
	d, err := OpenSpectra(s, key, SpectraKeys{Unlock: unlock}, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	press(t, d, SpectraPower)
	if locked {
		for range SpectraTries {
			press(t, d, SpectraClear)
			typed(t, d, "1111")
		}
		press(t, d, SpectraPower, SpectraPower, SpectraClear)
	}
	p.steps = nil
	return d, p
}

func press(t testing.TB, d *Spectra, events ...SpectraEvent) {
	t.Helper()
	for _, e := range events {
		if err := d.Press(e); err != nil {
			t.Fatal(err)
		}
	}
}

func typed(t testing.TB, d *Spectra, digits string) {
	t.Helper()
	for _, digit := range []byte(digits) {
		if err := d.Digit(digit); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCountedBeforeCompared shows S35 and S59: the count is on the disk, file and
// folder synced, before a PIN or an unlock code is compared.
func TestCountedBeforeCompared(t *testing.T) {
	t.Run("S35 PIN", func(t *testing.T) {
		d, p := tapedSpectra(t, false)
		typed(t, d, "482")
		p.want(t, "three digits")
		counted := 0
		p.after = func(step string) {
			if step != saving[len(saving)-1] {
				return
			}
			if counted++; counted == 1 {
				if n := stored(t, d).Fails; n != 1 {
					t.Errorf("%d tries are on the disk, want 1", n)
				}
				// From here on 4826 is the PIN. A comparison that came before has said no.
				d.rec.verifier = cheap.stretch([]byte("4826"), d.salt[:])
			}
		}
		typed(t, d, "6")
		if d.State().Screen != SpectraCode {
			t.Errorf("at %+v, want the code: the PIN was compared before its try was on the disk", d.State())
		}
		p.want(t, "the fourth digit, which is right", slices.Concat(saving, saving)...)
	})
	t.Run("S59 unlock code", func(t *testing.T) {
		d, p := tapedSpectra(t, true)
		typed(t, d, "1111111")
		p.want(t, "seven digits")
		p.after = func(step string) {
			if n := stored(t, d).UnlockFails; step == saving[len(saving)-1] && n != 1 {
				t.Errorf("%d tries are on the disk, want 1", n)
			}
		}
		typed(t, d, "1")
		if s := d.State(); s.Screen != SpectraUnlockFail || s.UnlockFails != 1 {
			t.Errorf("at %+v, want FAIL1", s)
		}
		p.want(t, "the eighth digit", append(saving[:len(saving):len(saving)], "compute unlock code")...)
	})
}

// stored is what of a token's state is on the disk.
func stored(t *testing.T, d *Spectra) SpectraState {
	t.Helper()
	b, err := d.store.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := open(b, spectraKind, d.key)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := parseSpectra(r.body)
	if err != nil {
		t.Fatal(err)
	}
	return rec.kept
}

// TestNoSyncNoVerdict: where a step of the count's way to the disk fails there is no
// verdict, also for what is right, and no temporary file stays.
func TestNoSyncNoVerdict(t *testing.T) {
	for _, locked := range []bool{false, true} {
		for _, step := range saving {
			d, p := tapedSpectra(t, locked)
			entry := "7391"
			if locked {
				entry = unlockCode(t, d)
				p.steps = nil
			}
			last := len(entry) - 1
			typed(t, d, entry[:last])
			before := d.State()
			p.fail = step
			if err := d.Digit(entry[last]); !errors.Is(err, errFull) || d.State() != before || slices.Contains(p.steps, "compute unlock code") {
				t.Errorf("locked %v, %s fails: Digit = %v at %+v after %q, want the error and no change", locked, step, err, d.State(), p.steps)
			}
			p.fail = ""
			dir := d.store.(*FileStore).dir
			if _, err := os.Stat(filepath.Join(dir, tempName)); step != saving[0] && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("locked %v, %s failed: temporary file: %v, want none", locked, step, err)
			}
			typed(t, d, entry[last:])
			if s := d.State().Screen; s != SpectraCode && s != SpectraNewPIN {
				t.Errorf("locked %v, %s works again: at screen %d", locked, step, s)
			}
		}
	}
}

func unlockCode(t *testing.T, d *Spectra) string {
	t.Helper()
	number, err := d.keys.LockNumber(d.rec.serial, d.state.Locks)
	if err != nil {
		t.Fatal(err)
	}
	code, err := d.keys.UnlockCode(d.rec.serial, d.state.Locks, number)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// tapedRing notes on the tape what is asked of a keyring.
type tapedRing struct {
	ring
	p *tape
}

func (r tapedRing) Get(ctx context.Context, name string) ([]byte, error) {
	r.p.steps = append(r.p.steps, "get "+name)
	return r.ring.Get(ctx, name)
}

func (r tapedRing) Set(ctx context.Context, name string, key []byte) error {
	r.p.steps = append(r.p.steps, "set "+name)
	return r.ring.Set(ctx, name, key)
}

func (r tapedRing) Delete(ctx context.Context, name string) error {
	r.p.steps = append(r.p.steps, "delete "+name)
	return r.ring.Delete(ctx, name)
}

// TestMobiOrder shows M66: the new device key, then the record on the disk, file and
// folder synced, and only then the end of the old key. Where a step fails the old key
// stays, and with it whichever record is there.
func TestMobiOrder(t *testing.T) {
	ctx := t.Context()
	key := bytes.Repeat([]byte{7}, MobiKeyLen)
	saved := func(t *testing.T) (*MobiPass, *tape, map[string][]byte) {
		s, p := onTape(t)
		keys := make(map[string][]byte)
		m := NewMobiPass(s, tapedRing{ring{keys, new(kills)}, p})
		if err := m.Save(ctx, key, []byte("2580"), cheap); err != nil {
			t.Fatal(err)
		}
		return m, p, keys
	}
	want, err := MobiResponse(key, "338609")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("every step", func(t *testing.T) {
		m, p, _ := saved(t)
		p.want(t, "Save", slices.Concat([]string{"set device-0"}, saving, []string{"delete device-1"})...)
		if err := m.ChangePIN(ctx, []byte("2580"), []byte("4826")); err != nil {
			t.Fatal(err)
		}
		p.want(t, "ChangePIN", slices.Concat([]string{"get device-0", "set device-1"}, saving, []string{"delete device-0"})...)
		if err := m.Delete(ctx); err != nil {
			t.Fatal(err)
		}
		p.want(t, "M69 Delete", "delete device-0", "delete device-1", "remove record.tmp", "remove record", "sync folder device")
	})
	for i, step := range saving {
		t.Run(fmt.Sprint(step, " fails"), func(t *testing.T) {
			m, p, keys := saved(t)
			p.steps, p.fail = nil, step
			if err := m.ChangePIN(ctx, []byte("2580"), []byte("4826")); !errors.Is(err, errFull) {
				t.Errorf("ChangePIN = %v, want the error", err)
			}
			if slices.Contains(p.steps, "delete device-0") || len(keys) != 2 {
				t.Errorf("%q, %d device keys; want both kept", p.steps, len(keys))
			}
			p.fail = ""
			pin := "2580"
			if i == len(saving)-1 { // the record was renamed
				pin = "4826"
			}
			if err := m.Recover(ctx); err != nil {
				t.Fatal(err)
			}
			if got, err := m.Sign(ctx, []byte(pin), "338609"); err != nil || got != want || len(keys) != 1 {
				t.Errorf("Sign with %s = %s %v with %d device keys, want %s with one", pin, got, err, len(keys), want)
			}
		})
	}
}
