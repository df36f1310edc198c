package otp

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Key algorithms of PSKC. RFC 6030 section 10 registers HOTP and PIN; TOTP and OCRA
// are the names that vendors use (draft-hoyer-keyprov-pskc-algorithm-profiles).
const (
	PSKCHOTP = "urn:ietf:params:xml:ns:keyprov:pskc:hotp"
	PSKCTOTP = "urn:ietf:params:xml:ns:keyprov:pskc:totp"
	PSKCOCRA = "urn:ietf:params:xml:ns:keyprov:pskc:ocra"
	PSKCPIN  = "urn:ietf:params:xml:ns:keyprov:pskc:pin"
)

// pskcOCRA comes before the suite where the algorithm itself names it.
const pskcOCRA = "urn:ietf:params:xml:ns:keyprov:pskc#"

// PSKCKey is a key of a PSKC file with what the file says of it (RFC 6030 section 4).
type PSKCKey struct {
	ID        string
	Algorithm string // one of the constants above
	Suite     string // the hash of TOTP ("HMAC-SHA256"), the suite of OCRA
	Digits    int    // length of the response, 0 if not said
	Secret    []byte
	Counter   uint64
	Interval  time.Duration // of TOTP, 0 if not said
	Drift     int           // of the device's clock, in steps

	Manufacturer, Serial, Issuer, Name, User string
	Start, Expiry                            time.Time // zero if not said
	Usage                                    []string  // "OTP", "CR", "Unlock"…; none means any
	PIN                                      *PINPolicy
}

// PINPolicy is what the device demands of its PIN (RFC 6030 section 5).
type PINPolicy struct {
	KeyID             string `xml:"PINKeyId,attr,omitempty"` // of the PSKCPIN key with the start PIN
	UsageMode         string `xml:"PINUsageMode,attr,omitempty"`
	MaxFailedAttempts uint32 `xml:"MaxFailedAttempts,attr,omitempty"`
	MinLength         uint32 `xml:"MinLength,attr,omitempty"`
	MaxLength         uint32 `xml:"MaxLength,attr,omitempty"`
	Encoding          string `xml:"PINEncoding,attr,omitempty"`
}

// Wipe overwrites the secret.
func (k *PSKCKey) Wipe() { clear(k.Secret) }

// ReadPSKC reads the keys of a PSKC file (RFC 6030). transport opens an encrypted
// file and is not looked at for a plain one. The caller wipes the keys.
//
// Errors: ErrEncrypted, ErrMAC, AlgorithmError, and those of a file that is none,
// has a document type, or has a policy that is not understood, which forbids the
// key's use (section 5). An encrypted value without a MAC is refused, as AES-CBC
// alone does not show changes (section 6).
func ReadPSKC(file []byte, transport Transport) (keys []PSKCKey, err error) {
	c, err := parseContainer(file)
	if err != nil {
		return nil, fmt.Errorf("reading a PSKC file: %w", err)
	}
	opener := opener{container: c, transport: transport}
	defer opener.wipe()
	for i, p := range c.Packages {
		k, err := p.key(&opener)
		if err != nil {
			for i := range keys {
				keys[i].Wipe()
			}
			return nil, fmt.Errorf("reading key %d of a PSKC file: %w", i+1, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func (p *xmlPackage) key(o *opener) (k PSKCKey, err error) {
	x := p.Key
	if x == nil {
		return k, errors.New("package has no key")
	}
	k = PSKCKey{ID: x.ID, Algorithm: x.Algorithm, Suite: x.Suite, Issuer: x.Issuer, Name: x.Name, User: x.User}
	if p.Device != nil {
		k.Manufacturer, k.Serial = p.Device.Manufacturer, p.Device.Serial
	}
	if suite, ok := strings.CutPrefix(k.Algorithm, pskcOCRA); ok {
		k.Algorithm, k.Suite = PSKCOCRA, suite
	}
	switch k.Algorithm {
	case PSKCHOTP, PSKCTOTP, PSKCPIN:
	case PSKCOCRA:
		if _, err := ParseSuite(k.Suite); err != nil {
			return PSKCKey{}, err
		}
	default:
		return PSKCKey{}, &AlgorithmError{Use: "key", Algorithm: k.Algorithm}
	}
	if x.Response != nil {
		if x.Response.Encoding != "DECIMAL" || x.Response.CheckDigits {
			return PSKCKey{}, errors.New("response is not plain decimal digits")
		}
		k.Digits = int(x.Response.Length)
	}
	if err := x.policy(&k); err != nil {
		return PSKCKey{}, err
	}
	counter, err1 := x.Counter.value(0)
	interval, err2 := x.Interval.value(0)
	drift, err3 := x.Drift.value(0)
	if err := errors.Join(err1, err2, err3); err != nil {
		return PSKCKey{}, err
	}
	if counter < 0 || interval < 0 || interval > 24*60*60 || drift != int64(int32(drift)) {
		return PSKCKey{}, errors.New("counter, interval or drift is out of range")
	}
	k.Counter, k.Drift, k.Interval = uint64(counter), int(drift), time.Duration(interval)*time.Second
	if k.Secret, err = o.open(x.Secret); err != nil {
		return PSKCKey{}, err
	}
	return k, nil
}

// policy copies what is understood and refuses the rest.
func (x *xmlKey) policy(k *PSKCKey) error {
	p := x.Policy
	if p == nil {
		return nil
	}
	if len(p.Others) > 0 {
		return fmt.Errorf("policy %s is not understood, so the key must not be used", p.Others[0].XMLName.Local)
	}
	for text, to := range map[string]*time.Time{p.Start: &k.Start, p.Expiry: &k.Expiry} {
		if text == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return fmt.Errorf("date of the policy: %w", err)
		}
		*to = t
	}
	k.Usage, k.PIN = p.Usage, p.PIN
	return nil
}

// value is the plain value of a number; those are not encrypted by anyone we met.
func (n *xmlNumber) value(absent int64) (int64, error) {
	switch {
	case n == nil:
		return absent, nil
	case n.Encrypted != nil:
		return 0, errors.New("encrypted numbers are not supported")
	}
	return strconv.ParseInt(strings.TrimSpace(n.Plain), 10, 64)
}

// WritePSKC writes keys as a PSKC file, encrypted with transport or, if that is
// zero, plain.
func WritePSKC(keys []PSKCKey, transport Transport) ([]byte, error) {
	c := newContainer()
	seal, err := transport.sealer(c)
	if err != nil {
		return nil, fmt.Errorf("writing a PSKC file: %w", err)
	}
	defer seal.wipe()
	for i, k := range keys {
		p, err := k.pack(seal)
		if err != nil {
			return nil, fmt.Errorf("writing key %d of a PSKC file: %w", i+1, err)
		}
		c.Packages = append(c.Packages, p)
	}
	if len(keys) == 0 {
		return nil, errors.New("writing a PSKC file: no keys")
	}
	return c.marshal()
}

func (k *PSKCKey) pack(s *sealer) (xmlPackage, error) {
	if k.ID == "" || len(k.Secret) == 0 {
		return xmlPackage{}, errors.New("key without id or secret")
	}
	secret, err := s.seal(k.Secret)
	if err != nil {
		return xmlPackage{}, err
	}
	x := &xmlKey{ID: k.ID, Algorithm: k.Algorithm, Issuer: k.Issuer, Suite: k.Suite, Name: k.Name, User: k.User, Secret: secret}
	if k.Digits != 0 {
		x.Response = &xmlFormat{Encoding: "DECIMAL", Length: uint32(k.Digits)}
	}
	switch k.Algorithm {
	case PSKCHOTP:
		x.Counter = &xmlNumber{Plain: strconv.FormatUint(k.Counter, 10)}
	case PSKCTOTP:
		x.Time = &xmlNumber{Plain: "0"}
		x.Interval = &xmlNumber{Plain: strconv.Itoa(int(k.Interval / time.Second))}
		if k.Drift != 0 {
			x.Drift = &xmlNumber{Plain: strconv.Itoa(k.Drift)}
		}
	case PSKCOCRA, PSKCPIN:
	default:
		return xmlPackage{}, &AlgorithmError{Use: "key", Algorithm: k.Algorithm}
	}
	policy := xmlPolicy{Usage: k.Usage, PIN: k.PIN, Start: date(k.Start), Expiry: date(k.Expiry)}
	if k.PIN != nil || k.Usage != nil || policy.Start+policy.Expiry != "" {
		x.Policy = &policy
	}
	pack := xmlPackage{Key: x}
	if k.Manufacturer+k.Serial != "" {
		pack.Device = &xmlDevice{Manufacturer: k.Manufacturer, Serial: k.Serial}
	}
	return pack, nil
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// fromBase64 decodes text with white space in it, as files have it.
func fromBase64(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}
