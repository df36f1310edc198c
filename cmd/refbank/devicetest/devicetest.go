// Package devicetest is a customer's code generators, for tests of the bank: the
// device half of package otp with what the clerk handed out.
package devicetest

import (
	"context"
	"crypto"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"qoltanba/agent/otp"
)

// PIN is the one that customers choose here.
const PIN = "7391"

// cost is the cheapest that there is: these tests are not about guessing.
var cost = otp.Cost{Time: 1, Memory: 8, Threads: 1}

// Spectra is a customer's SpectraNet token. It is on and shows codes.
type Spectra struct {
	*otp.Spectra
	t testing.TB
}

// NewSpectra makes the token of a PSKC file and sets PIN in place of the start PIN.
func NewSpectra(t testing.TB, file, password string) *Spectra {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := otp.ReadPSKC(data, otp.Transport{Password: []byte(password)})
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) != 2 || keys[0].Algorithm != otp.PSKCTOTP || keys[0].Suite != "HMAC-SHA256" || keys[0].Digits != otp.SpectraDigits ||
		keys[0].Interval != otp.SpectraInterval || !slices.Equal(keys[0].Usage, []string{"OTP", "Unlock"}) ||
		keys[1].Algorithm != otp.PSKCPIN || keys[0].PIN == nil || keys[0].PIN.KeyID != keys[1].ID {
		t.Fatalf("the PSKC file holds %+v", keys)
	}
	serial, startPIN := keys[0].Serial, keys[1].Secret
	if string(startPIN) == PIN { // by chance; the token would not take it for a new one
		startPIN = []byte("2580")
	}
	lock, unlock, err := otp.DeriveSpectra(keys[0].Secret, serial)
	if err != nil {
		t.Fatal(err)
	}
	kept, deviceKey := new(otp.MemStore), make([]byte, otp.DeviceKeyLen)
	if err := otp.CreateSpectra(kept, deviceKey, otp.SpectraIssue{
		Serial: serial, Hash: crypto.SHA256, Code: keys[0].Secret, Lock: lock, Unlock: unlock, StartPIN: startPIN, Cost: cost,
	}); err != nil {
		t.Fatal(err)
	}
	device, err := otp.OpenSpectra(kept, deviceKey, otp.SpectraKeys{}, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(device.Close)
	s := &Spectra{device, t}
	s.Do("p" + string(startPIN) + PIN + PIN + "c")
	return s
}

// Do presses keys: digits, p for the power, c for the button.
func (s *Spectra) Do(keys string) {
	s.t.Helper()
	for _, key := range []byte(keys) {
		var err error
		switch key {
		case 'p':
			err = s.Press(otp.SpectraPower)
		case 'c':
			err = s.Press(otp.SpectraClear)
		default:
			err = s.Digit(key)
		}
		if err != nil {
			s.t.Fatalf("key %c: %v", key, err)
		}
	}
}

// Code is what the token shows so many steps from now.
func (s *Spectra) Code(steps int) string {
	s.t.Helper()
	return s.shows(otp.SpectraCode, time.Now().Add(time.Duration(steps)*otp.SpectraInterval))
}

// Lock enters three wrong PINs, or three wrong unlock codes where it is locked, and
// returns the number under LOCK PIN.
func (s *Spectra) Lock() string {
	s.t.Helper()
	if s.State().Locked() {
		s.Do("c" + "00000000c" + "00000000c" + "00000000c")
	} else {
		s.Do("pp0000c0000c0000pp")
	}
	return s.shows(otp.SpectraLockNumber, time.Now())
}

// Unlock enters the clerk's code and PIN anew, and tells whether codes are shown then.
func (s *Spectra) Unlock(code string) bool {
	s.t.Helper()
	s.Do("c" + code)
	if s.State().Screen != otp.SpectraNewPIN {
		return false
	}
	s.Do(PIN + PIN + "c")
	return s.State().Screen == otp.SpectraCode
}

func (s *Spectra) shows(screen otp.SpectraScreen, at time.Time) string {
	s.t.Helper()
	_, field, err := s.Display(at)
	if err != nil || s.State().Screen != screen {
		s.t.Fatalf("the token shows %q on screen %d, %v, want screen %d", field, s.State().Screen, err, screen)
	}
	return field
}

// MobiPass is a customer's MobiPass with PIN.
type MobiPass struct {
	device *otp.MobiPass
	t      testing.TB
}

// NewMobiPass stores the key of an envelope's parts.
func NewMobiPass(t testing.TB, parts []string) MobiPass {
	t.Helper()
	key, err := otp.OurParts.Key(parts)
	if err != nil {
		t.Fatal(err)
	}
	m := MobiPass{otp.NewMobiPass(new(otp.MemStore), &ring{keys: map[string][]byte{}}), t}
	if err := m.device.Save(t.Context(), key, []byte(PIN), cost); err != nil {
		t.Fatal(err)
	}
	return m
}

// Value answers a code number. With a wrong PIN the answer is wrong.
func (m MobiPass) Value(pin, number string) string {
	m.t.Helper()
	value, err := m.device.Sign(m.t.Context(), []byte(pin), number)
	if err != nil {
		m.t.Fatal(err)
	}
	return value
}

// ring keeps device keys in memory.
type ring struct {
	mu   sync.Mutex
	keys map[string][]byte
}

func (r *ring) Get(_ context.Context, name string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if key, ok := r.keys[name]; ok {
		return slices.Clone(key), nil
	}
	return nil, otp.ErrNoKey
}

func (r *ring) Set(_ context.Context, name string, key []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys[name] = slices.Clone(key)
	return nil
}

func (r *ring) Delete(_ context.Context, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, name)
	return nil
}
