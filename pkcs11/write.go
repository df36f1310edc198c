package pkcs11

import (
	"bytes"
	"context"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"

	"github.com/ThalesIgnite/crypto11"
	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// minID is the least number of bytes of a new CKA_ID, so that two never meet.
const minID = 8

// GenerateKey implements agent.Token. Its key can sign and do nothing else.
// Signing and Login go on meanwhile. When ctx ends first, the key may be on the
// token later.
func (t *Token) GenerateKey(ctx context.Context, spec agent.KeySpec) (agent.Key, error) {
	k, err := call(ctx, t.writing, func() (*key, error) {
		n := t.login.Load()
		switch {
		case t.gone.Load():
			return nil, agent.ErrTokenLost
		case n == 0:
			return nil, agent.ErrLocked
		case len(spec.ID) < minID:
			return nil, fmt.Errorf("identifier of %d bytes: %w", len(spec.ID), agent.ErrInvalid)
		}
		// PKCS#11 allows one CKA_ID twice, which nothing could tell apart.
		same, err := call(ctx, t.turn, func() ([]p11.ObjectHandle, error) {
			return objects(t.m.lib, t.session, []*p11.Attribute{p11.NewAttribute(p11.CKA_ID, spec.ID)})
		}, nil)
		if err != nil {
			return nil, err
		}
		if len(same) > 0 {
			return nil, fmt.Errorf("identifier %x is on the token already: %w", spec.ID, agent.ErrInvalid)
		}
		k := &key{t: t, id: bytes.Clone(spec.ID), label: spec.Label}
		if spec.Algorithm.GOST() != nil {
			k.public, err = t.createGOST(spec) // its first signature finds it
			return k, err
		}
		signer, err := t.generate(spec)
		if err != nil {
			return nil, err
		}
		k.public = signer.Public()
		k.handle.Store(&handle{login: n, signer: signer})
		return k, nil
	}, nil)
	if err != nil {
		return nil, t.fail("generating a key", full(err))
	}
	return k, nil
}

// generate asks crypto11, which adds CKA_TOKEN, CKA_SENSITIVE, CKA_SIGN and a
// false CKA_EXTRACTABLE to the private half.
func (t *Token) generate(spec agent.KeySpec) (crypto.Signer, error) {
	public, err := crypto11.NewAttributeSetWithID(spec.ID)
	if err != nil {
		return nil, err
	}
	if spec.Label != "" {
		public.AddIfNotPresent([]*p11.Attribute{p11.NewAttribute(p11.CKA_LABEL, spec.Label)})
	}
	private := public.Copy()
	// The public half is seen without login: by it a key without certificate is
	// known.
	public.AddIfNotPresent([]*p11.Attribute{p11.NewAttribute(p11.CKA_PRIVATE, false)})
	private.AddIfNotPresent([]*p11.Attribute{p11.NewAttribute(p11.CKA_PRIVATE, true)})
	rsa := func(bits int) (crypto.Signer, error) {
		public.AddIfNotPresent([]*p11.Attribute{p11.NewAttribute(p11.CKA_ENCRYPT, false)})
		private.AddIfNotPresent([]*p11.Attribute{p11.NewAttribute(p11.CKA_DECRYPT, false)})
		return t.keys.GenerateRSAKeyPairWithAttributes(public, private, bits)
	}
	switch spec.Algorithm {
	case agent.RSA2048:
		return rsa(2048)
	case agent.RSA3072:
		return rsa(3072)
	case agent.P256:
		return t.keys.GenerateECDSAKeyPairWithAttributes(public, private, elliptic.P256())
	case agent.P384:
		return t.keys.GenerateECDSAKeyPairWithAttributes(public, private, elliptic.P384())
	}
	return nil, fmt.Errorf("%q: %w", spec.Algorithm, agent.ErrMechanism)
}

// StoreCertificate implements agent.Token. Storing the same certificate again
// does nothing; another one for a key that has one is put beside it.
func (t *Token) StoreCertificate(ctx context.Context, id []byte, label string, cert *x509.Certificate) error {
	_, err := call(ctx, t.writing, func() (nothing, error) {
		return call(ctx, t.turn, func() (nothing, error) { return nothing{}, t.store(id, label, cert) }, nil)
	}, nil)
	if err != nil {
		return t.fail("storing a certificate", full(err))
	}
	return nil
}

// store does it with the turn held.
func (t *Token) store(id []byte, label string, cert *x509.Certificate) error {
	if t.gone.Load() {
		return agent.ErrTokenLost
	}
	if _, err := t.alive(); err != nil {
		return err
	}
	if t.login.Load() == 0 {
		return agent.ErrLocked
	}
	public := publicKey(cert)
	k, err := t.keyOf(id, public)
	switch {
	case err != nil:
		return err
	case !agent.SamePublicKey(k.public, public):
		return agent.ErrCertificate
	}
	there, err := certificates(t.m.lib, t.session, p11.NewAttribute(p11.CKA_ID, id))
	if err != nil {
		return err
	}
	for _, c := range there {
		if bytes.Equal(c.cert.Raw, cert.Raw) {
			return nil
		}
	}
	defer t.m.forget(t.id)
	if label == "" {
		return t.keys.ImportCertificate(id, cert)
	}
	return t.keys.ImportCertificateWithLabel(id, []byte(label), cert)
}
