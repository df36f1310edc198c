package otp

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Input is what a response is computed over (RFC 6287 section 5.1). What the
// suite does not name is left out and must be zero.
type Input struct {
	Counter   uint64
	Challenge string    // Q; for mutual authentication both challenges joined (section 7.2)
	PINHash   []byte    // P: the hash of the PIN, made by the caller
	Session   []byte    // S: session information, padded on the left
	Time      time.Time // T: the moment, not the step
}

const challengeSize = 128 // bytes of the Q field

// Response is the OCRA value of in (RFC 6287 section 5.2). Input that does not
// fit the suite is an error, and the MAC is not asked.
func (s Suite) Response(mac MAC, in Input) (string, error) {
	message, err := s.message(in)
	if err != nil {
		return "", fmt.Errorf("OCRA input for %s: %w", s.text, err)
	}
	defer clear(message)
	sum, err := mac(message)
	if err != nil {
		return "", fmt.Errorf("computing an OCRA response: %w", err)
	}
	if len(sum) != s.Hash.Size() { // a token with another mechanism
		return "", fmt.Errorf("MAC for %s has %d bytes, want %d", s.text, len(sum), s.Hash.Size())
	}
	return truncate(sum, s.Digits)
}

// message is DataInput = OCRASuite | 00 | C | Q | P | S | T.
func (s Suite) message(in Input) ([]byte, error) {
	if s.text == "" {
		return nil, errors.New("no suite")
	}
	challenge, err := s.challengeBytes(in.Challenge)
	if err != nil {
		return nil, err
	}
	pin := 0
	if s.PIN != 0 {
		pin = s.PIN.Size()
	}
	switch {
	case !s.Counter && in.Counter != 0:
		return nil, errors.New("counter is not an input")
	case len(in.PINHash) != pin:
		return nil, fmt.Errorf("PIN hash of %d bytes, want %d", len(in.PINHash), pin)
	case len(in.Session) > s.SessionLen:
		return nil, fmt.Errorf("session information of %d bytes, at most %d", len(in.Session), s.SessionLen)
	case in.Time.IsZero() != (s.TimeStep == 0):
		return nil, errors.New("time is missing, or is not an input")
	}
	m := append([]byte(s.text), 0)
	if s.Counter {
		m = binary.BigEndian.AppendUint64(m, in.Counter)
	}
	m = append(m, challenge...)
	m = append(m, in.PINHash...)
	m = append(m, make([]byte, s.SessionLen-len(in.Session))...)
	m = append(m, in.Session...)
	if s.TimeStep != 0 {
		m = binary.BigEndian.AppendUint64(m, Step(in.Time, s.TimeStep))
	}
	return m, nil
}

// challengeBytes is the Q field: the challenge, padded on the right with zeros.
//
// A decimal challenge is turned into hexadecimal digits first, so that n, 16n and
// 256n give the same field: of the numbers 000000 to 999999, 62,499 share their
// response with a smaller one. No suite of this package uses QN.
func (s Suite) challengeBytes(q string) ([]byte, error) {
	// Section 8.2: a challenge is at least as long as the response; section 6.3: 4.
	if least := max(4, s.Digits); len(q) < min(least, s.Length) || len(q) > s.Length && len(q) != 2*s.Length {
		return nil, fmt.Errorf("challenge of %d characters, want %d to %d, or two of %d joined", len(q), min(least, s.Length), s.Length, s.Length)
	}
	alphabet := digitChars
	switch s.Format {
	case 'H':
		alphabet += "abcdefABCDEF"
	case 'A':
		alphabet += letterChars
	}
	if strings.Trim(q, alphabet) != "" {
		return nil, fmt.Errorf("challenge has characters that Q%c does not allow", s.Format)
	}
	field := make([]byte, challengeSize)
	if s.Format == 'A' {
		copy(field, q)
		return field, nil
	}
	if s.Format == 'N' {
		n, _ := new(big.Int).SetString(q, 10) // digits only, so it is a number
		q = n.Text(16)
	}
	if len(q)%2 == 1 {
		q += "0"
	}
	_, err := hex.Decode(field, []byte(q))
	return field, err
}

const (
	digitChars  = "0123456789"
	letterChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
