package agent

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"math/big"

	"qoltanba/agent/gost"
)

// LoginToken is an authentication token in the Web eID format, so that a bank
// can check it with the libraries that exist for it
// (web-eid.github.io/web-eid-system-architecture-doc, "Token format").
//
// That format has no algorithm for GOST. A token by a GOST key has the same
// members and the format gostFormat, which says how it differs.
type LoginToken struct {
	UnverifiedCertificate string `json:"unverifiedCertificate"` // base64 of DER
	Algorithm             string `json:"algorithm"`             // JWA: RS256, ES256, ES384, ES512; or GOST-…
	Signature             string `json:"signature"`             // base64; r||s for ES…, as gost.PrivateKey.Sign has it for GOST-…
	Format                string `json:"format"`                // webEIDFormat or gostFormat
	AppVersion            string `json:"appVersion"`
}

// Lengths of a challenge nonce in characters: the format demands 256 bits,
// which are 44 in base64.
const (
	minChallenge = 44
	maxChallenge = 128
)

// Authenticate signs a login challenge: hash(hash(origin) || hash(challenge)),
// bound to the client's own origin, so that a token made for one site is
// worthless at another, and never the form of a document's signature, which
// covers DER attributes. With a GOST key the hash has a prefix; see gostFormat.
// It asks for the password unless the person allowed
// signing while unlocked; where no session is open, that same question opens one.
func (c *Client) Authenticate(ctx context.Context, challenge string) (LoginToken, Session, error) {
	if c.name() == "" {
		return LoginToken{}, Session{}, fmt.Errorf("login without a site: %w", ErrInvalid)
	}
	if len(challenge) < minChallenge || len(challenge) > maxChallenge {
		return LoginToken{}, Session{}, fmt.Errorf("challenge of %d characters: %w", len(challenge), ErrInvalid)
	}
	var token LoginToken
	var session Session
	err := c.turn(ctx, func(ctx context.Context) error {
		s, key, err := c.loginKey(ctx)
		if err != nil {
			return err
		}
		defer c.a.relock(ctx, s.profile.Token)
		if token, err = signChallenge(key, c.origin.String(), challenge); err != nil {
			return err
		}
		token.AppVersion = "https://qoltanba.kz/" + c.a.config.Version
		session = s.public()
		return c.recordLogin(ctx, key)
	})
	if err != nil {
		return LoginToken{}, Session{}, err
	}
	return token, session, nil
}

// loginKey returns the client's session, opened now if need be, and its key on
// an unlocked token. The caller has the turn.
func (c *Client) loginKey(ctx context.Context) (*session, Key, error) {
	var key Key
	keep := func(ctx context.Context, d *device, p ProfileID) (err error) {
		key, err = c.a.findKey(ctx, d, p)
		return err
	}
	s := c.session()
	if s == nil {
		s, err := c.open(ctx, keep)
		return s, key, err
	}
	err := c.unlock(ctx, PINQuestion{Purpose: PurposeLogin}, &s.profile, keep)
	return s, key, err
}

func (c *Client) recordLogin(ctx context.Context, key Key) error {
	r := loginRecord{Origin: c.name(), Certificate: fingerprint(key.Certificate().Raw)}
	if err := c.a.remember(r); err != nil {
		c.a.log.Error("login withheld", "err", err)
		return err
	}
	if ctx.Err() != nil {
		return canceled(ctx)
	}
	return nil
}

type loginRecord struct {
	Origin      string `json:"origin"`
	Certificate string `json:"certificate"` // SHA-256 of the DER, hex
}

func (loginRecord) kind() string { return "login" }

func signChallenge(key Key, origin, challenge string) (LoginToken, error) {
	alg, err := loginAlgorithmOf(key.Public())
	if err != nil {
		return LoginToken{}, err
	}
	sig, err := key.Sign(rand.Reader, alg.digest(origin, challenge), alg.hash)
	if err != nil {
		return LoginToken{}, fmt.Errorf("signing the challenge: %w", err)
	}
	if alg.size > 0 {
		if sig, err = concatenated(sig, alg.size); err != nil {
			return LoginToken{}, err
		}
	}
	return LoginToken{
		UnverifiedCertificate: base64.StdEncoding.EncodeToString(key.Certificate().Raw),
		Algorithm:             alg.name,
		Signature:             base64.StdEncoding.EncodeToString(sig),
		Format:                alg.format,
	}, nil
}

// webEIDFormat is the format of tokens by RSA and EC keys.
const webEIDFormat = "web-eid:1.0"

// A loginAlgorithm is how a kind of key signs a challenge.
type loginAlgorithm struct {
	format string
	name   string // for Web eID that of JWA, RFC 7518 §3.1
	hash   loginHash
	size   int    // of r and of s in bytes where ASN.1 is to become r||s, else 0
	prefix string // of what is hashed
}

// loginHash is a crypto.Hash or a gost.Hash.
type loginHash interface {
	crypto.SignerOpts
	New() hash.Hash
}

// digest is hash(prefix || hash(origin) || hash(challenge)).
func (a loginAlgorithm) digest(origin, challenge string) []byte {
	sum := func(s string) string {
		h := a.hash.New()
		io.WriteString(h, s)
		return string(h.Sum(nil))
	}
	return []byte(sum(a.prefix + sum(origin) + sum(challenge)))
}

func loginAlgorithmOf(pub crypto.PublicKey) (loginAlgorithm, error) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return loginAlgorithm{format: webEIDFormat, name: "RS256", hash: crypto.SHA256}, nil
	case *ecdsa.PublicKey:
		switch k.Curve.Params().BitSize {
		case 256:
			return loginAlgorithm{format: webEIDFormat, name: "ES256", hash: crypto.SHA256, size: 32}, nil
		case 384:
			return loginAlgorithm{format: webEIDFormat, name: "ES384", hash: crypto.SHA384, size: 48}, nil
		case 521:
			return loginAlgorithm{format: webEIDFormat, name: "ES512", hash: crypto.SHA512, size: 66}, nil
		}
	case *gost.PublicKey:
		return gostLogin(k.Params()), nil
	}
	return loginAlgorithm{}, fmt.Errorf("login with a %T: %w", pub, ErrMechanism)
}

// concatenated turns the ASN.1 form of an ECDSA signature (RFC 3279 §2.2.3)
// into r||s (RFC 7518 §3.4).
func concatenated(der []byte, size int) ([]byte, error) {
	var v struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &v)
	if err != nil || len(rest) > 0 || v.R.Sign() <= 0 || v.S.Sign() <= 0 || v.R.BitLen() > size*8 || v.S.BitLen() > size*8 {
		return nil, fmt.Errorf("token's ECDSA signature: %w", ErrToken)
	}
	out := make([]byte, 2*size)
	v.R.FillBytes(out[:size])
	v.S.FillBytes(out[size:])
	return out, nil
}
