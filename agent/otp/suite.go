package otp

import (
	"crypto"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Suite is a parsed OCRASuite (RFC 6287 section 6): what the MAC is and what it
// is computed over. Its zero value is of no use; ParseSuite makes one.
type Suite struct {
	text       string
	Hash       crypto.Hash   // of the HMAC
	Digits     int           // of the response; 0 means the whole MAC, in hex
	Counter    bool          // C: the counter is an input
	Format     byte          // Q: 'N' decimal, 'H' hexadecimal, 'A' alphanumeric
	Length     int           // Q: the greatest length of a challenge, 4 to 64
	PIN        crypto.Hash   // P: the hash of the PIN, or 0
	SessionLen int           // S: bytes of session information, or 0
	TimeStep   time.Duration // T: the time step, or 0
}

var hashes = map[string]crypto.Hash{"SHA1": crypto.SHA1, "SHA256": crypto.SHA256, "SHA512": crypto.SHA512}

// ParseSuite reads an OCRASuite such as "OCRA-1:HOTP-SHA256-6:QA06". The data
// inputs stand in the order of RFC 6287 section 5.1; all but Q may be left out
// (section 6.3 shows one of P, S and T, its reference code takes any of them).
func ParseSuite(text string) (Suite, error) {
	s := Suite{text: text}
	parts := strings.Split(text, ":")
	if len(parts) != 3 || parts[0] != "OCRA-1" {
		return Suite{}, suiteError(text, "want OCRA-1:function:input")
	}
	if !s.function(parts[1]) {
		return Suite{}, suiteError(text, "want a function like HOTP-SHA256-6, with 0 or 4 to 10 digits")
	}
	inputs := strings.Split(parts[2], "-")
	if inputs[0] == "C" {
		s.Counter, inputs = true, inputs[1:]
	}
	if len(inputs) == 0 || !s.challenge(inputs[0]) {
		return Suite{}, suiteError(text, "want a challenge like QN08, QA or QH, of 04 to 64")
	}
	last := 0
	for _, input := range inputs[1:] {
		rank := strings.IndexByte("PST", (input + "?")[0]) + 1
		if rank <= last || !s.input(input) {
			return Suite{}, suiteError(text, fmt.Sprintf("unknown or misplaced input %q", input))
		}
		last = rank
	}
	return s, nil
}

func suiteError(text, reason string) error {
	return fmt.Errorf("OCRA suite %q: %s", text, reason)
}

// String is the suite as it was parsed, which is the first data input.
func (s Suite) String() string { return s.text }

func (s *Suite) function(text string) bool {
	parts := strings.Split(text, "-")
	if len(parts) != 3 || parts[0] != "HOTP" {
		return false
	}
	var digits bool
	s.Hash = hashes[parts[1]]
	s.Digits, digits = number(parts[2], 0, 10)
	return s.Hash != 0 && digits && (s.Digits == 0 || s.Digits >= 4)
}

func (s *Suite) challenge(text string) bool {
	if len(text) != 4 || text[0] != 'Q' || !strings.Contains("ANH", text[1:2]) {
		return false
	}
	s.Format = text[1]
	n, err := strconv.ParseUint(text[2:], 10, 8)
	s.Length = int(n)
	return err == nil && n >= 4 && n <= 64
}

func (s *Suite) input(text string) (ok bool) {
	switch kind, rest := text[0], text[1:]; kind {
	case 'P':
		s.PIN = hashes[rest]
		return s.PIN != 0
	case 'S':
		n, err := strconv.ParseUint(rest, 10, 16)
		s.SessionLen = int(n)
		return err == nil && len(rest) == 3 && n >= 1 && n <= 512
	case 'T':
		return rest != "" && s.timeStep(rest[:len(rest)-1], rest[len(rest)-1])
	}
	return false
}

// timeStep reads the G of RFC 6287 section 6.3: 1 to 59 seconds or minutes, or up
// to 48 hours. The 0H that it lists would divide by zero and is refused.
func (s *Suite) timeStep(count string, unit byte) bool {
	most, length := 59, time.Second
	switch unit {
	case 'S':
	case 'M':
		length = time.Minute
	case 'H':
		most, length = 48, time.Hour
	default:
		return false
	}
	n, ok := number(count, 1, most)
	s.TimeStep = time.Duration(n) * length
	return ok
}

// number reads a decimal number without sign and leading zeros.
func number(text string, least, most int) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 16)
	return int(n), err == nil && strconv.Itoa(int(n)) == text && int(n) >= least && int(n) <= most
}
