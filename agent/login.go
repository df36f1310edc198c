package agent

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"

	"qoltanba/agent/audit"
)

// LoginToken is an authentication token in the Web eID format, so that a bank
// can check it with the libraries that exist for it
// (web-eid.github.io/web-eid-system-architecture-doc, "Token format").
type LoginToken struct {
	UnverifiedCertificate string `json:"unverifiedCertificate"` // base64 of DER
	Algorithm             string `json:"algorithm"`             // JWA: RS256, ES256, ES384, ES512
	Signature             string `json:"signature"`             // base64; r||s for ES…
	Format                string `json:"format"`                // "web-eid:1.0"
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
// covers DER attributes. It asks for the password unless the person allowed
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
	if _, err := c.a.config.History.Append(audit.Record{Kind: "login", Data: r}); err != nil {
		c.a.log.Error("login withheld", "err", err)
		return errors.Join(ErrHistory, err)
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

func signChallenge(key Key, origin, challenge string) (LoginToken, error) {
	alg, hash, size, err := loginAlgorithm(key.Public())
	if err != nil {
		return LoginToken{}, err
	}
	digest := loginDigest(hash, origin, challenge)
	sig, err := key.Sign(rand.Reader, digest, hash)
	if err != nil {
		return LoginToken{}, fmt.Errorf("signing the challenge: %w", err)
	}
	if size > 0 {
		if sig, err = concatenated(sig, size); err != nil {
			return LoginToken{}, err
		}
	}
	return LoginToken{
		UnverifiedCertificate: base64.StdEncoding.EncodeToString(key.Certificate().Raw),
		Algorithm:             alg,
		Signature:             base64.StdEncoding.EncodeToString(sig),
		Format:                "web-eid:1.0",
	}, nil
}

// loginDigest is hash(hash(origin) || hash(challenge)).
func loginDigest(hash crypto.Hash, origin, challenge string) []byte {
	sum := func(b []byte) []byte {
		h := hash.New()
		h.Write(b)
		return h.Sum(nil)
	}
	return sum(append(sum([]byte(origin)), sum([]byte(challenge))...))
}

// loginAlgorithm returns the JWA name (RFC 7518 §3.1), the hash, and for ECDSA
// the length of r and of s in bytes.
func loginAlgorithm(pub crypto.PublicKey) (string, crypto.Hash, int, error) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return "RS256", crypto.SHA256, 0, nil
	case *ecdsa.PublicKey:
		switch k.Curve.Params().BitSize {
		case 256:
			return "ES256", crypto.SHA256, 32, nil
		case 384:
			return "ES384", crypto.SHA384, 48, nil
		case 521:
			return "ES512", crypto.SHA512, 66, nil
		}
	}
	return "", 0, 0, fmt.Errorf("login with a %T: %w", pub, ErrMechanism)
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
