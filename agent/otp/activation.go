package otp

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
)

// PartRule is how a bank's activation code looks: data of its profile, as the guide's
// own example has parts of 8, 7, 8 and 8 digits that no usual check digit fits
// (L117-L129).
type PartRule struct {
	Lengths []int
	Check   bool // the last digit of each part is a check digit
}

// OurParts is the rule of the envelopes that NewActivation makes: four parts of
// seven random digits, 93 bits together, and a check digit each.
var OurParts = PartRule{Lengths: []int{8, 8, 8, 8}, Check: true}

// NewActivation draws the parts of an envelope by the rule (MobiPass L111).
func (r PartRule) NewActivation() ([]string, error) {
	var parts []string
	for i, length := range r.Lengths {
		if r.Check {
			length--
		}
		limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(length)), nil)
		n, err := rand.Int(rand.Reader, limit)
		if err != nil {
			return nil, err
		}
		part := fmt.Sprintf("%0*d", length, n)
		if r.Check {
			part += string(checkDigit(i+1, part))
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// Key is the MobiPass key that the parts of an activation code stand for, as HKDF
// (RFC 5869) of their digits. The check digits are dropped first: kept with the key
// they would tell a right PIN from a wrong one. A bad part is a *PartError; white
// space in a part is passed over. The caller wipes the key; the parts, being strings,
// cannot be wiped.
func (r PartRule) Key(parts []string) ([]byte, error) {
	if len(parts) != len(r.Lengths) || len(parts) == 0 {
		return nil, fmt.Errorf("activation code of %d parts, want %d", len(parts), len(r.Lengths))
	}
	secret := make([]byte, 0, 64)
	defer func() { clear(secret[:cap(secret)]) }()
	for i, part := range parts {
		part = strings.Join(strings.Fields(part), "")
		switch {
		case !digits(part):
			return nil, &PartError{Part: i + 1, Reason: "not only digits"}
		case len(part) != r.Lengths[i]:
			return nil, &PartError{Part: i + 1, Reason: fmt.Sprintf("%d digits, want %d", len(part), r.Lengths[i])}
		}
		if r.Check {
			last := len(part) - 1
			if checkDigit(i+1, part[:last]) != part[last] {
				return nil, &PartError{Part: i + 1, Reason: "check digit does not fit"}
			}
			part = part[:last]
		}
		secret = append(secret, part...)
	}
	return hkdf.Key(sha256.New, secret, []byte("mobipass-v1"), "ocra", MobiKeyLen)
}

// checkDigit is the Damm digit (Damm 2004, the quasigroup of order 10) over the
// number of the part and its digits: it finds every wrong digit, every swap of
// neighbours, and parts in the wrong order.
func checkDigit(part int, digits string) byte {
	const quasigroup = "0317598642" + "7092154863" + "4206871359" + "1750983426" + "6123045978" +
		"3674209581" + "5869720134" + "8945362017" + "9438617205" + "2581436790"
	interim := byte('0')
	for _, d := range []byte(string(rune('0'+part%10)) + digits) {
		interim = quasigroup[10*int(interim-'0')+int(d-'0')]
	}
	return interim
}
