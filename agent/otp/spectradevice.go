package otp

import (
	"crypto"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"golang.org/x/crypto/cryptobyte"
)

// SpectraInterval is how long a code is shown (L2 "ungefähr 30 sec").
const SpectraInterval = 30 * time.Second

// SpectraDigits is the length of a code (L13).
const SpectraDigits = 6

// SpectraIssue is what the bank hands out with a token. Keys may be empty where a
// token holds them; then OpenSpectra is given their MACs.
type SpectraIssue struct {
	Serial             string
	Hash               crypto.Hash // of the codes: crypto.SHA1, SHA256 or SHA512
	Code, Lock, Unlock []byte
	StartPIN           []byte // four digits (L7); an easy one is allowed
	Cost               Cost
}

// hashCodes are what the hashes are called in a record.
var hashCodes = map[uint8]crypto.Hash{1: crypto.SHA1, 2: crypto.SHA256, 3: crypto.SHA512}

// spectraRecord is the body of a record of kind spectraKind.
type spectraRecord struct {
	serial             string
	hash               uint8
	code, lock, unlock []byte
	verifier           []byte // Argon2id of the PIN
	start              bool   // the verifier is that of the start PIN
	kept               SpectraState
}

func (r *spectraRecord) wipe() {
	for _, b := range [][]byte{r.code, r.lock, r.unlock, r.verifier} {
		clear(b)
	}
}

func (r *spectraRecord) marshal() ([]byte, error) {
	b := cryptobyte.NewBuilder(make([]byte, 0, 512))
	for _, part := range [][]byte{[]byte(r.serial), r.code, r.lock, r.unlock, r.verifier} {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(part) })
	}
	start := uint8(0)
	if r.start {
		start = 1
	}
	for _, n := range []uint8{r.hash, start, uint8(r.kept.Fails), uint8(r.kept.UnlockFails)} {
		b.AddUint8(n)
	}
	b.AddUint64(r.kept.Locks)
	return b.Bytes()
}

// parseSpectra reads a body; what it returns is copied out of it.
func parseSpectra(body []byte) (*spectraRecord, error) {
	s := cryptobyte.String(body)
	r := new(spectraRecord)
	var serial []byte
	for _, to := range []*[]byte{&serial, &r.code, &r.lock, &r.unlock, &r.verifier} {
		var part cryptobyte.String
		if !s.ReadUint16LengthPrefixed(&part) {
			return nil, ErrDamaged
		}
		*to = append([]byte(nil), part...)
	}
	r.serial = string(serial)
	var start, fails, unlockFails uint8
	ok := s.ReadUint8(&r.hash) && s.ReadUint8(&start) && s.ReadUint8(&fails) && s.ReadUint8(&unlockFails) && s.ReadUint64(&r.kept.Locks)
	if !ok || !s.Empty() || hashCodes[r.hash] == 0 || start > 1 || fails > SpectraTries || unlockFails > SpectraTries ||
		len(r.verifier) != 32 || CheckSerial(r.serial) != nil {
		r.wipe()
		return nil, ErrDamaged
	}
	r.start, r.kept.Fails, r.kept.UnlockFails = start == 1, int(fails), int(unlockFails)
	return r, nil
}

// Spectra is a SpectraNet token: the state machine with its keys, and the record
// on the disk. It is not for use by two goroutines at once. Digits that were entered
// are wiped when they were judged, cleared, or the token goes off (S19).
type Spectra struct {
	store  Store
	key    []byte
	cost   Cost
	salt   [saltLen]byte
	rec    *spectraRecord
	keys   SpectraKeys
	force  bool
	state  SpectraState
	entry  [UnlockLen]byte
	chosen [PINLen]byte // the new PIN while it is repeated
}

// CreateSpectra stores what the bank handed out, sealed with deviceKey. It returns
// ErrExists when the store has a record.
func CreateSpectra(store Store, deviceKey []byte, issue SpectraIssue) error {
	switch _, err := store.Load(); {
	case err == nil:
		return ErrExists
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := errors.Join(CheckSerial(issue.Serial), checkPIN(issue.StartPIN)); err != nil {
		return err
	}
	if !issue.Cost.valid() {
		return fmt.Errorf("PIN cost %+v is out of range", issue.Cost)
	}
	d := &Spectra{store: store, key: deviceKey, cost: issue.Cost}
	d.rec = &spectraRecord{serial: issue.Serial, code: issue.Code, lock: issue.Lock, unlock: issue.Unlock, start: true}
	for n, h := range hashCodes {
		if h == issue.Hash {
			d.rec.hash = n
		}
	}
	if d.rec.hash == 0 {
		return fmt.Errorf("codes with hash %v", issue.Hash)
	}
	rand.Read(d.salt[:])
	d.rec.verifier = d.cost.stretch(issue.StartPIN, d.salt[:])
	defer clear(d.rec.verifier)
	return d.save()
}

// OpenSpectra opens a stored token, which is off. held are the keys that are not in
// the record but in a token; force says whether the start PIN must be changed before
// there are codes (S29). The device key is copied; Close wipes it.
func OpenSpectra(store Store, deviceKey []byte, held SpectraKeys, force bool) (*Spectra, error) {
	b, err := store.Load()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoDevice
	}
	if err != nil {
		return nil, err
	}
	r, err := open(b, spectraKind, deviceKey)
	if err != nil {
		return nil, err
	}
	defer clear(r.body)
	rec, err := parseSpectra(r.body)
	if err != nil {
		return nil, err
	}
	d := &Spectra{store: store, key: append([]byte(nil), deviceKey...), cost: r.cost, salt: r.salt, rec: rec, keys: held, force: force}
	d.state = rec.kept
	d.state.MustChange = force && rec.start
	for _, k := range []struct {
		mac  *MAC
		hash crypto.Hash
		key  []byte
	}{{&d.keys.Code, hashCodes[rec.hash], rec.code}, {&d.keys.Lock, crypto.SHA256, rec.lock}, {&d.keys.Unlock, crypto.SHA256, rec.unlock}} {
		if len(k.key) > 0 {
			*k.mac = HMAC(k.hash, k.key)
		}
		if *k.mac == nil {
			d.Close()
			return nil, errors.New("a key is neither in the record nor in a token")
		}
	}
	return d, nil
}

// Close wipes what the token holds. It must not be used afterwards.
func (d *Spectra) Close() {
	d.forget()
	d.rec.wipe()
	clear(d.key)
}

// Serial is the number on the back of the token (L31).
func (d *Spectra) Serial() string { return d.rec.serial }

// Hash is that of the codes.
func (d *Spectra) Hash() crypto.Hash { return hashCodes[d.rec.hash] }

// StartPIN tells that the start PIN is still set (L9).
func (d *Spectra) StartPIN() bool { return d.rec.start }

// State is what the window draws.
func (d *Spectra) State() SpectraState { return d.state }

// Display is what the two lines show at the time now. A lock number or code that
// cannot be computed, as its token was taken out, is an error.
func (d *Spectra) Display(now time.Time) (label, field string, err error) {
	var code, number string
	switch d.state.Screen {
	case SpectraCode:
		code, err = TOTP(d.keys.Code, SpectraDigits, SpectraInterval, now)
	case SpectraLockNumber:
		number, err = d.keys.LockNumber(d.rec.serial, d.state.Locks)
	}
	label, field = d.state.Display(code, number)
	return label, field, err
}

// Press is a key of the token or the end of two idle minutes; digits go to Digit, and
// verdicts are the token's own. On an error, that of the store, nothing has changed.
func (d *Spectra) Press(e SpectraEvent) error {
	switch e {
	case SpectraPower, SpectraClear, SpectraHold, SpectraIdle:
	default:
		return fmt.Errorf("event %d is not a key", e)
	}
	if err := d.move(d.state.Next(e)); err != nil {
		return err
	}
	if d.state.Entered == 0 {
		clear(d.entry[:])
	}
	if d.state.Screen != SpectraConfirm {
		clear(d.chosen[:])
	}
	return nil
}

// Digit enters a digit, '0' to '9'. The last of an entry brings the verdict, which
// for a PIN takes as long as its cost says. An error of the store or of a token means
// that there is no verdict; the try is counted and the token goes off.
func (d *Spectra) Digit(digit byte) error {
	next := d.state.Next(SpectraDigit)
	switch {
	case digit < '0' || digit > '9':
		return fmt.Errorf("%q is not a digit", digit)
	case next.Entered == d.state.Entered:
		return nil // nothing is to be entered
	}
	// The try is on the disk before anything is compared.
	if err := d.move(next); err != nil {
		return err
	}
	d.entry[next.Entered-1] = digit
	if !d.state.Due() {
		return nil
	}
	err := d.judge()
	clear(d.entry[:])
	if err != nil {
		d.state = d.state.Next(SpectraPower)
		d.forget()
	}
	return err
}

// judge compares a complete entry and moves on by the verdict.
func (d *Spectra) judge() error {
	verdict := SpectraWrong
	entered := d.entry[:d.state.Want()]
	switch d.state.Screen {
	case SpectraPIN:
		if d.fits(entered) {
			verdict = SpectraRight
		}
	case SpectraNewPIN: // S30, S50; a bad one is asked for again
		if CheckNewPIN(entered) == nil && !(d.rec.start && d.fits(entered)) {
			verdict = SpectraRight
			copy(d.chosen[:], entered)
		}
	case SpectraConfirm:
		defer clear(d.chosen[:])
		if subtle.ConstantTimeCompare(entered, d.chosen[:]) == 1 {
			return d.setPIN(entered)
		}
	case SpectraUnlock:
		number, err := d.keys.LockNumber(d.rec.serial, d.state.Locks)
		if err != nil {
			return err
		}
		want, err := d.keys.UnlockCode(d.rec.serial, d.state.Locks, number)
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(entered, []byte(want)) == 1 {
			verdict = SpectraRight
		}
	}
	return d.move(d.state.Next(verdict))
}

func (d *Spectra) fits(pin []byte) bool {
	got := d.cost.stretch(pin, d.salt[:])
	defer clear(got)
	return subtle.ConstantTimeCompare(got, d.rec.verifier) == 1
}

// setPIN stores the new PIN and the end of a lock in one record (L28: "muss").
func (d *Spectra) setPIN(pin []byte) error {
	oldSalt, oldVerifier, oldStart := d.salt, d.rec.verifier, d.rec.start
	rand.Read(d.salt[:])
	d.rec.verifier, d.rec.start = d.cost.stretch(pin, d.salt[:]), false
	if err := d.move(d.state.Next(SpectraRight)); err != nil {
		clear(d.rec.verifier)
		d.salt, d.rec.verifier, d.rec.start = oldSalt, oldVerifier, oldStart
		return err
	}
	clear(oldVerifier)
	return nil
}

// move makes next the state, after it was stored if it must outlive the power.
func (d *Spectra) move(next SpectraState) error {
	if next.kept() != d.state.kept() || next.Screen == SpectraChanged && d.state.Screen == SpectraConfirm {
		before := d.rec.kept
		d.rec.kept = next.kept()
		if err := d.save(); err != nil {
			d.rec.kept = before
			return fmt.Errorf("storing the state of token %s: %w", d.rec.serial, err)
		}
	}
	d.state = next
	return nil
}

func (d *Spectra) save() error {
	body, err := d.rec.marshal()
	if err != nil {
		return err
	}
	defer clear(body)
	r := record{kind: spectraKind, cost: d.cost, salt: d.salt, body: body}
	b, err := r.seal(d.key)
	if err != nil {
		return err
	}
	return d.store.Save(b)
}

func (d *Spectra) forget() {
	clear(d.entry[:])
	clear(d.chosen[:])
}
