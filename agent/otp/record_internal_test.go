package otp

import (
	"bytes"
	"crypto"
	"errors"
	"reflect"
	"testing"
)

var someRecord = spectraRecord{
	serial: "AB12345", hash: 2, code: []byte("code"), lock: []byte("lock"), unlock: nil, verifier: make([]byte, 32), start: true,
	kept: SpectraState{Fails: 2, UnlockFails: 1, Locks: 1 << 40},
}

func sealedRecord(t testing.TB, r record) []byte {
	t.Helper()
	b, err := r.seal(make([]byte, DeviceKeyLen))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRecord(t *testing.T) {
	r := record{kind: mobiKind, slot: 1, cost: Cost{Time: 3, Memory: 65536, Threads: 4}, salt: [16]byte{1, 2, 3}, body: []byte("body")}
	b := sealedRecord(t, r)
	if got, err := open(b, mobiKind, make([]byte, DeviceKeyLen)); err != nil || !reflect.DeepEqual(*got, r) {
		t.Fatalf("open = %+v %v, want %+v", got, err, r)
	}
	if again := sealedRecord(t, r); bytes.Equal(b, again) {
		t.Error("two records with one nonce")
	}
	if _, err := open(b, spectraKind, make([]byte, DeviceKeyLen)); !errors.Is(err, ErrDamaged) {
		t.Errorf("open as another kind = %v, want ErrDamaged", err)
	}
	if _, err := open(b, mobiKind, make([]byte, 16)); err == nil || errors.Is(err, ErrDamaged) {
		t.Errorf("open with a short device key = %v, want another error", err)
	}
	for i := range b {
		for bit := range 8 {
			changed := bytes.Clone(b)
			changed[i] ^= 1 << bit
			if _, err := open(changed, mobiKind, make([]byte, DeviceKeyLen)); !errors.Is(err, ErrDamaged) {
				t.Errorf("open with bit %d of byte %d changed = %v, want ErrDamaged", bit, i, err)
			}
		}
		if _, err := open(b[:i], mobiKind, make([]byte, DeviceKeyLen)); !errors.Is(err, ErrDamaged) {
			t.Errorf("open of %d bytes = %v, want ErrDamaged", i, err)
		}
	}
	for _, c := range []Cost{{}, {Time: 1, Memory: 7, Threads: 1}, {Time: 1, Memory: 8, Threads: 2}, {Time: 65, Memory: 8, Threads: 1}, {Time: 1, Memory: 1<<20 + 1, Threads: 1}} {
		if _, err := (&record{kind: mobiKind, cost: c}).seal(make([]byte, DeviceKeyLen)); err == nil {
			t.Errorf("seal with %+v = nil error", c)
		}
	}
}

// The longest keys that are stored can be read again; longer ones are not stored.
func TestRecordSize(t *testing.T) {
	key := make([]byte, DeviceKeyLen)
	stored := 0
	for size := 3000; size < 5000; size++ {
		store := new(MemStore)
		err := CreateSpectra(store, key, SpectraIssue{
			Serial: "AB12345", Hash: crypto.SHA1, Code: make([]byte, size), Lock: key, Unlock: key, StartPIN: []byte("7391"), Cost: cheap,
		})
		if err != nil {
			if b, _ := store.Load(); b != nil {
				t.Fatalf("key of %d bytes: CreateSpectra = %v, but stored", size, err)
			}
			continue
		}
		stored++
		d, err := OpenSpectra(store, key, SpectraKeys{}, false)
		if err != nil {
			t.Fatalf("key of %d bytes is stored, and OpenSpectra = %v", size, err)
		}
		d.Close()
	}
	if stored == 0 || stored == 2000 {
		t.Errorf("%d of 2000 keys are stored", stored)
	}
}

func FuzzSpectraRecord(f *testing.F) {
	body, err := someRecord.marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add(sealedRecord(f, record{kind: spectraKind, cost: cheap, body: body}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := peek(b, spectraKind); err == nil && !r.cost.valid() {
			t.Errorf("peek lets cost %+v through", r.cost)
		}
		// What anybody can change never opens, so the body is tried in plain as well.
		r, err := parseSpectra(b)
		if err != nil {
			return
		}
		if again, err := r.marshal(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x is read, and written as %x %v", b, again, err)
		}
	})
}

// TestForgets shows S19: digits and a chosen PIN are wiped when the token goes off,
// when they are cleared, and when they were judged.
func TestForgets(t *testing.T) {
	keys := bytes.Repeat([]byte{5}, 32)
	for name, after := range map[string]func(d *Spectra) error{
		"switched off": func(d *Spectra) error { return d.Press(SpectraPower) },
		"idle":         func(d *Spectra) error { return d.Press(SpectraIdle) },
		"store fails": func(d *Spectra) error {
			d.store = fullStore{}
			err := errors.Join(d.Digit('8'), d.Digit('2'), d.Digit('6'))
			if !errors.Is(err, errFull) || d.state.Screen != SpectraOff {
				t.Errorf("last digit = %v at %+v, want the error and off", err, d.state)
			}
			return nil
		},
		"confirmed": func(d *Spectra) error { return errors.Join(d.Digit('8'), d.Digit('2'), d.Digit('6')) },
		"closed":    func(d *Spectra) error { d.Close(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			store := new(MemStore)
			err := CreateSpectra(store, keys, SpectraIssue{Serial: "AB12345", Hash: crypto.SHA1, Code: keys, Lock: keys, Unlock: keys, StartPIN: []byte("7391"), Cost: cheap})
			if err != nil {
				t.Fatal(err)
			}
			d, err := OpenSpectra(store, keys, SpectraKeys{}, true)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Press(SpectraPower); err != nil {
				t.Fatal(err)
			}
			for _, digit := range []byte("739148264") {
				if err := d.Digit(digit); err != nil {
					t.Fatal(err)
				}
			}
			if d.state.Screen != SpectraConfirm || string(d.chosen[:]) != "4826" || d.entry[0] != '4' {
				t.Fatalf("at %+v with %q and %q", d.state, d.chosen, d.entry)
			}
			if err := after(d); err != nil {
				t.Fatal(err)
			}
			if d.chosen != [PINLen]byte{} || d.entry != [UnlockLen]byte{} {
				t.Errorf("%q and %q are left", d.chosen, d.entry)
			}
			if name == "closed" && !bytes.Equal(append(d.key, d.rec.code...), make([]byte, 64)) {
				t.Error("keys are left")
			}
		})
	}
}

var errFull = errors.New("disk is full")

// fullStore loses nothing and takes nothing.
type fullStore struct{}

func (fullStore) Load() ([]byte, error) { return nil, errFull }
func (fullStore) Save([]byte) error     { return errFull }
func (fullStore) Remove() error         { return errFull }

// Nothing is judged where the try cannot be counted.
func TestNoCountNoVerdict(t *testing.T) {
	keys := make([]byte, 32)
	store := new(MemStore)
	if err := CreateSpectra(store, keys, SpectraIssue{Serial: "AB12345", Hash: crypto.SHA1, Code: keys, Lock: keys, Unlock: keys, StartPIN: []byte("7391"), Cost: cheap}); err != nil {
		t.Fatal(err)
	}
	d, err := OpenSpectra(store, keys, SpectraKeys{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Press(SpectraPower), d.Digit('7'), d.Digit('3'), d.Digit('9')); err != nil {
		t.Fatal(err)
	}
	d.store = fullStore{}
	before := d.State()
	for _, digit := range []byte("1212") {
		if err := d.Digit(digit); !errors.Is(err, errFull) || d.State() != before {
			t.Fatalf("Digit = %v at %+v, want the error and no change", err, d.State())
		}
	}
	d.store = store
	if err := d.Digit('1'); err != nil || d.State().Screen != SpectraCode {
		t.Errorf("Digit with room again = %v at %+v, want the code", err, d.State())
	}
}
