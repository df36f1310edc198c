package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/store"
)

// ErrOwner means that the person is not the client, or that nobody looked.
var ErrOwner = errors.New("the owner is not identified")

// An Owner is what the clerk found out about the person who asks: nothing is issued,
// unlocked or resynchronized for another than the client (SpectraNet L23). Blocking
// asks for nobody, as a loss is reported in a hurry.
type Owner struct {
	// How the person was identified: Phone, by the code for the telephone bank, or
	// Branch, by the identity card.
	How string
	IIN string // that the person told or showed
}

// The ways to be identified.
const (
	Phone  = "phone"
	Branch = "branch"
)

// entry returns what the log is to say, when the owner is that client.
func (d Desk) entry(ctx context.Context, userID string, owner Owner) (store.Entry, error) {
	client, err := d.Store.Client(ctx, userID)
	if err != nil {
		return store.Entry{}, err
	}
	if owner.How != Phone && owner.How != Branch || owner.IIN != client.IIN {
		return store.Entry{}, ErrOwner
	}
	return store.Entry{At: time.Now(), Identified: owner.How}, nil
}

// IssuedSpectra is what a client gets with a SpectraNet token.
type IssuedSpectra struct {
	Serial   string // ten digits
	StartPIN string // to be changed (SpectraNet L9)
	Password string // of the PSKC file, handed over apart from it
}

const (
	spectraSeed = 32 // bytes, as many as SHA-256 has (RFC 4226 section 4, R6)
	numberLen   = 10
)

// IssueSpectra makes a SpectraNet token for a client and writes it into a new PSKC
// file. A token from before is refused from then on. The file holds the seed under the
// password, from which the token makes its lock numbers as well, and the start PIN.
func (d Desk) IssueSpectra(ctx context.Context, userID string, owner Owner, file string) (IssuedSpectra, error) {
	entry, err := d.entry(ctx, userID, owner)
	if err != nil {
		return IssuedSpectra{}, err
	}
	var t IssuedSpectra
	if t.Serial, err = digits(numberLen); err != nil {
		return IssuedSpectra{}, err
	}
	if t.StartPIN, err = startPIN(); err != nil {
		return IssuedSpectra{}, err
	}
	t.Password = password()
	seed := make([]byte, spectraSeed)
	defer clear(seed)
	rand.Read(seed) // never fails
	data, err := pskc(t, userID, seed)
	if err != nil {
		return IssuedSpectra{}, err
	}
	if err := writeNew(file, data); err != nil {
		return IssuedSpectra{}, fmt.Errorf("writing the PSKC file: %w", err)
	}
	if err := d.Store.AddSpectra(ctx, userID, t.Serial, seed, entry); err != nil {
		return IssuedSpectra{}, errors.Join(err, os.Remove(file))
	}
	return t, nil
}

// pskc writes a token as RFC 6030 has it: the key with its policy, and its start PIN.
func pskc(t IssuedSpectra, userID string, seed []byte) ([]byte, error) {
	const maker, issuer = "Qoltanba", "Reference Bank"
	pinID := t.Serial + "-PIN"
	return otp.WritePSKC([]otp.PSKCKey{
		{
			ID: t.Serial, Algorithm: otp.PSKCTOTP, Suite: "HMAC-SHA256", Digits: otp.SpectraDigits, Interval: otp.SpectraInterval, Secret: seed,
			Manufacturer: maker, Serial: t.Serial, Issuer: issuer, Name: "SpectraNet", User: userID,
			Usage: []string{"OTP", "Unlock"},
			PIN: &otp.PINPolicy{
				KeyID: pinID, UsageMode: "Local", MaxFailedAttempts: otp.SpectraTries,
				MinLength: otp.PINLen, MaxLength: otp.PINLen, Encoding: "DECIMAL",
			},
		},
		{
			ID: pinID, Algorithm: otp.PSKCPIN, Digits: otp.PINLen, Secret: []byte(t.StartPIN),
			Manufacturer: maker, Serial: t.Serial, Issuer: issuer,
		},
	}, otp.Transport{Name: "SpectraNet " + t.Serial, Password: []byte(t.Password)})
}

// spectraEntry is entry for the client whose token it is.
func (d Desk) spectraEntry(ctx context.Context, serial string, owner Owner) (store.Entry, error) {
	t, err := d.Store.SpectraToken(ctx, serial)
	if err != nil {
		return store.Entry{}, err
	}
	return d.entry(ctx, t.UserID, owner)
}

// CheckOwner tells whether the owner of the token with that serial number was
// identified: the clerk asks before the number is taken (SpectraNet L24). Errors:
// ErrOwner, store.ErrNotFound.
func (d Desk) CheckOwner(ctx context.Context, serial string, owner Owner) error {
	_, err := d.spectraEntry(ctx, serial, owner)
	return err
}

// Unlock returns the eight-digit code for the seven digits under LOCK PIN, or
// otp.ErrWrongNumber, otp.ErrBlocked, ErrOwner, store.ErrNotFound.
func (d Desk) Unlock(ctx context.Context, serial string, owner Owner, number string) (code string, err error) {
	entry, err := d.spectraEntry(ctx, serial, owner)
	if err != nil {
		return "", err
	}
	return d.Store.Unlock(ctx, serial, number, entry)
}

// ResyncLocks returns the code for the second of two lock numbers of a token that is so
// far ahead that neither fits. The second one comes after three wrong unlock codes.
func (d Desk) ResyncLocks(ctx context.Context, serial string, owner Owner, first, second string) (code string, err error) {
	entry, err := d.spectraEntry(ctx, serial, owner)
	if err != nil {
		return "", err
	}
	return d.Store.ResyncLocks(ctx, serial, first, second, entry)
}

// ResyncClock finds the time of a token by two codes, one after the other, and returns
// by how many half minutes it is ahead.
func (d Desk) ResyncClock(ctx context.Context, serial string, owner Owner, first, second string) (drift int, err error) {
	entry, err := d.spectraEntry(ctx, serial, owner)
	if err != nil {
		return 0, err
	}
	return d.Store.ResyncClock(ctx, serial, first, second, entry)
}

// IssuedMobiPass is an envelope "Код активации Mobipass" (MobiPass L111).
type IssuedMobiPass struct {
	Envelope string // its number, ten digits
	Parts    []string
}

// IssueMobiPass makes an envelope for a client. A MobiPass from before is refused from
// then on, and this is the way out of a block.
func (d Desk) IssueMobiPass(ctx context.Context, userID string, owner Owner) (IssuedMobiPass, error) {
	entry, err := d.entry(ctx, userID, owner)
	if err != nil {
		return IssuedMobiPass{}, err
	}
	var m IssuedMobiPass
	if m.Envelope, err = digits(numberLen); err != nil {
		return IssuedMobiPass{}, err
	}
	if m.Parts, err = otp.OurParts.NewActivation(); err != nil {
		return IssuedMobiPass{}, err
	}
	key, err := otp.OurParts.Key(m.Parts)
	if err != nil {
		return IssuedMobiPass{}, err
	}
	defer clear(key)
	return m, d.Store.AddMobiPass(ctx, userID, m.Envelope, key, entry)
}

// BlockSpectra blocks the token that a client has now and returns its serial number.
func (d Desk) BlockSpectra(ctx context.Context, userID string) (serial string, err error) {
	t, err := d.Store.SpectraTokenOf(ctx, userID)
	if err != nil {
		return "", err
	}
	return t.Serial, d.Store.BlockSpectra(ctx, t.Serial, time.Now())
}

// BlockMobiPass blocks the MobiPass that a client has now and returns the number of its
// envelope.
func (d Desk) BlockMobiPass(ctx context.Context, userID string) (envelope string, err error) {
	m, err := d.Store.MobiPassOf(ctx, userID)
	if err != nil {
		return "", err
	}
	return m.Envelope, d.Store.BlockMobiPass(ctx, m.Envelope, time.Now())
}

// digits draws so many digits.
func digits(count int) (string, error) {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(count)), nil)
	n, err := rand.Int(rand.Reader, limit)
	return fmt.Sprintf("%0*d", count, n), err
}

// startPIN draws a PIN that is not one of those that thieves try first.
func startPIN() (string, error) {
	for {
		pin, err := digits(otp.PINLen)
		if err != nil || otp.CheckNewPIN([]byte(pin)) == nil {
			return pin, err
		}
	}
}

// password draws 16 letters as on cards, 80 bits: the file may be copied and guessed at.
func password() string {
	p := store.NewPIN() + store.NewPIN()
	return p[:4] + "-" + p[4:8] + "-" + p[8:12] + "-" + p[12:]
}
