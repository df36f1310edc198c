package otp

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
)

// MobiKeyLen is the length of a MobiPass key.
const MobiKeyLen = 32

// mobiSuite is how a response comes out of a code number. There is no counter, so the
// bank must not give a number twice (RFC 6287 section 7.1).
var mobiSuite = mustSuite("OCRA-1:HOTP-SHA256-6:QA06")

// MobiResponse is the answer to a document's code number under a key (MobiPass L151).
func MobiResponse(key []byte, number string) (string, error) {
	if err := CheckCodeNumber(number); err != nil {
		return "", err
	}
	return mobiSuite.Response(HMAC(crypto.SHA256, key), Input{Challenge: number})
}

// CheckCodeNumber refuses what is not six digits, the first not 0 (as 338609 in L172).
func CheckCodeNumber(number string) error {
	if len(number) != 6 || !digits(number) || number[0] == '0' {
		return errors.New("code number is not six digits, the first not 0")
	}
	return nil
}

// MobiPass is the key of a MobiPass on this computer. The record holds
//
//	AES-256-GCM(device key, key XOR Argon2id(PIN, salt))
//
// The inner part has no check of any kind, so every PIN opens it, and gives a key:
// nothing in the record, in the time or in the result tells which PIN is the right
// one (L170). The device key, in the keyring, is what keeps a stolen record shut.
//
// Two ciphertexts of one key under two PINs give away both PINs, with 20,000 tries and
// no answer seen. So there is one record, no backup and no undo, and every change of
// the PIN takes a new device key and deletes the old one, which shuts any copy of the
// old record that is left on the disk. The two device keys take turns: the record
// says which one is its own, and Recover deletes the other. Between the rename of the
// new record and the deletion a copy of the old one can still be opened.
type MobiPass struct {
	store Store
	keys  DeviceKeys
}

// NewMobiPass is the MobiPass that lies in store and keys. Recover comes first.
func NewMobiPass(store Store, keys DeviceKeys) *MobiPass { return &MobiPass{store, keys} }

// deviceKeyNames are the names of the device keys, by slot.
var deviceKeyNames = [2]string{"device-0", "device-1"}

// Recover brings back the one record and the one device key after the program was
// killed. It returns ErrNoDevice when no key is stored, and deletes nothing then or
// when the record does not open: a folder that is not mounted, or a keyring that was
// restored, must not cost the key.
func (m *MobiPass) Recover(ctx context.Context) error {
	r, sealed, err := m.load(ctx)
	if err != nil {
		return err
	}
	clear(r.body)
	other := deviceKeyNames[1-r.slot]
	left, err := m.keys.Get(ctx, other)
	if errors.Is(err, ErrNoKey) { // nothing was cut off
		return nil
	}
	if err != nil {
		return err
	}
	clear(left)
	// A Save that was killed after its rename left a record that a power cut may still
	// take back, and then the other key is the one that opens what is there.
	if err := m.store.Save(sealed); err != nil {
		return err
	}
	return m.keys.Delete(ctx, other)
}

// load opens the outer layer, and returns what is stored too. The caller wipes the body.
func (m *MobiPass) load(ctx context.Context) (r *record, sealed []byte, err error) {
	sealed, err = m.store.Load()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, ErrNoDevice
	}
	if err != nil {
		return nil, nil, err
	}
	r, err = peek(sealed, mobiKind)
	if err != nil {
		return nil, nil, err
	}
	deviceKey, err := m.keys.Get(ctx, deviceKeyNames[r.slot])
	if err != nil {
		return nil, nil, err
	}
	defer clear(deviceKey)
	if r, err = open(sealed, mobiKind, deviceKey); err != nil {
		return nil, nil, err
	}
	if len(r.body) != MobiKeyLen {
		clear(r.body)
		return nil, nil, ErrDamaged
	}
	return r, sealed, nil
}

// Save stores a key under a PIN, which must not be an easy one (L74). It returns
// ErrExists when a key is stored, even one that cannot be opened: Delete comes first.
func (m *MobiPass) Save(ctx context.Context, key, pin []byte, cost Cost) error {
	if err := CheckNewPIN(pin); err != nil {
		return err
	}
	if len(key) != MobiKeyLen || !cost.valid() {
		return fmt.Errorf("key of %d bytes with PIN cost %+v", len(key), cost)
	}
	switch _, err := m.store.Load(); {
	case err == nil:
		return ErrExists
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := m.put(ctx, key, pin, record{kind: mobiKind, slot: 0, cost: cost}); err != nil {
		return err
	}
	return m.keys.Delete(ctx, deviceKeyNames[1])
}

// put seals key under pin and a new device key in r.slot: first the device key, then
// the record. On an error both slots are left as they are, as it is not known which
// record is on the disk.
func (m *MobiPass) put(ctx context.Context, key, pin []byte, r record) error {
	rand.Read(r.salt[:])
	r.body = make([]byte, MobiKeyLen)
	defer clear(r.body)
	stretched := r.cost.stretch(pin, r.salt[:])
	defer clear(stretched)
	subtle.XORBytes(r.body, key, stretched)

	deviceKey := make([]byte, DeviceKeyLen)
	defer clear(deviceKey)
	rand.Read(deviceKey)
	b, err := r.seal(deviceKey)
	if err != nil {
		return err
	}
	if err := m.keys.Set(ctx, deviceKeyNames[r.slot], deviceKey); err != nil {
		return err
	}
	return m.store.Save(b)
}

// key is what the PIN makes of the record, right or wrong. The caller wipes it.
func (r *record) key(pin []byte) []byte {
	key := r.cost.stretch(pin, r.salt[:])
	subtle.XORBytes(key, key, r.body)
	return key
}

// Sign answers a code number. A wrong PIN gives a wrong answer and no error. Errors:
// ErrPINForm, that of CheckCodeNumber, ErrNoDevice, ErrDamaged, and the keyring's.
func (m *MobiPass) Sign(ctx context.Context, pin []byte, number string) (string, error) {
	if err := errors.Join(checkPIN(pin), CheckCodeNumber(number)); err != nil {
		return "", err
	}
	r, _, err := m.load(ctx)
	if err != nil {
		return "", err
	}
	defer clear(r.body)
	key := r.key(pin)
	defer clear(key)
	return MobiResponse(key, number)
}

// ChangePIN puts the key under a new PIN. With a wrong current PIN it goes on just the
// same (L206), and the key is lost: no PIN gives right answers any more. When the last
// step fails, the deletion of the old device key, the PIN is changed; Recover repeats it.
// After an error of the store or the keyring Recover comes before anything else.
func (m *MobiPass) ChangePIN(ctx context.Context, current, pin []byte) error {
	if err := errors.Join(checkPIN(current), CheckNewPIN(pin)); err != nil {
		return err
	}
	r, _, err := m.load(ctx)
	if err != nil {
		return err
	}
	defer clear(r.body)
	key := r.key(current)
	defer clear(key)
	if err := m.put(ctx, key, pin, record{kind: mobiKind, slot: 1 - r.slot, cost: r.cost}); err != nil {
		return err
	}
	return m.keys.Delete(ctx, deviceKeyNames[r.slot])
}

// Delete removes the device keys and then the record, also one that is damaged. No
// PIN is asked: none could be checked.
func (m *MobiPass) Delete(ctx context.Context) error {
	for _, name := range deviceKeyNames {
		if err := m.keys.Delete(ctx, name); err != nil {
			return err
		}
	}
	return m.store.Remove()
}
