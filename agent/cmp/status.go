package cmp

import (
	"fmt"
	"math/bits"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Code is what became of a request: PKIStatus.
type Code int

// The codes. RFC 4210, section 5.2.3, has three more, about revocation.
const (
	Accepted        Code = 0
	GrantedWithMods Code = 1
	Rejection       Code = 2
	Waiting         Code = 3
)

// A Failure says why not: the bits of PKIFailureInfo, the first one lowest.
type Failure uint32

// The failures that we tell or understand.
const (
	BadAlgorithm       Failure = 1 << 0
	BadMessageCheck    Failure = 1 << 1 // the protection is wrong
	BadRequest         Failure = 1 << 2
	BadTime            Failure = 1 << 3
	BadCertID          Failure = 1 << 4
	BadDataFormat      Failure = 1 << 5
	IncorrectData      Failure = 1 << 7
	BadPossession      Failure = 1 << 9  // badPOP
	WrongIntegrity     Failure = 1 << 12 // a MAC where a signature is wanted, or the other way round
	BadRecipientNonce  Failure = 1 << 13
	BadTemplate        Failure = 1 << 19
	SignerNotTrusted   Failure = 1 << 20
	TransactionIDInUse Failure = 1 << 21
	NotAuthorized      Failure = 1 << 23
	SystemUnavailable  Failure = 1 << 24
	SystemFailure      Failure = 1 << 25
)

// failures are the bits that RFC 4210 names.
const failures = 27

// Status is a PKIStatusInfo.
type Status struct {
	Code    Code
	Text    string // for people; may be empty
	Failure Failure
}

// Granted reports whether a certificate comes with the status.
func (s Status) Granted() bool { return s.Code == Accepted || s.Code == GrantedWithMods }

// String returns the status for a log.
func (s Status) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "status %d", s.Code)
	for f := s.Failure; f != 0; f &= f - 1 {
		fmt.Fprintf(&out, ", failure %d", bits.TrailingZeros32(uint32(f)))
	}
	if s.Text != "" {
		fmt.Fprintf(&out, ", %q", s.Text)
	}
	return out.String()
}

func (s Status) write(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(int64(s.Code))
		if s.Text != "" {
			writeTexts(b, s.Text)
		}
		if s.Failure != 0 {
			b.AddASN1(asn1.BIT_STRING, func(b *cryptobyte.Builder) {
				// Named bits: what is 0 at the end is left out (X.690, 11.2.2).
				used := bits.Len32(uint32(s.Failure))
				octets := (used + 7) / 8
				b.AddUint8(uint8(8*octets - used))
				reversed := bits.Reverse32(uint32(s.Failure))
				for i := range octets {
					b.AddUint8(uint8(reversed >> (24 - 8*i)))
				}
			})
		}
	})
}

func (s *Status) read(in *cryptobyte.String) bool {
	var content, flags cryptobyte.String
	var code int
	var there, ok bool
	if !in.ReadASN1(&content, asn1.SEQUENCE) || !content.ReadASN1Integer(&code) || code < 0 || code > 6 {
		return false
	}
	s.Code = Code(code)
	if s.Text, ok = readOptionalTexts(&content); !ok || !content.ReadOptionalASN1(&flags, &there, asn1.BIT_STRING) || !content.Empty() {
		return false
	}
	if !there {
		return true
	}
	var unused uint8
	if !flags.ReadUint8(&unused) || unused > 7 || len(flags) > 4 || len(flags) == 0 && unused > 0 {
		return false
	}
	var word uint32
	for i, octet := range flags {
		word |= uint32(octet) << (24 - 8*i)
	}
	s.Failure = Failure(bits.Reverse32(word))
	return bits.Len32(uint32(s.Failure)) == 8*len(flags)-int(unused) && bits.Len32(uint32(s.Failure)) <= failures
}

// An Error is the answer that refuses a message as a whole.
type Error struct {
	Status  Status
	Details string // for the people who run the other end; may be empty
}

func (*Error) tag() int { return tagError }

func (e *Error) write(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		e.Status.write(b)
		if e.Details != "" {
			writeTexts(b, e.Details)
		}
	})
}

func readError(in *cryptobyte.String) (Body, bool, error) {
	e := &Error{}
	var content cryptobyte.String
	var ok bool
	if !in.ReadASN1(&content, asn1.SEQUENCE) || !e.Status.read(&content) || !content.SkipOptionalASN1(asn1.INTEGER) {
		return nil, false, nil
	}
	e.Details, ok = readOptionalTexts(&content)
	return e, ok && content.Empty(), nil
}
