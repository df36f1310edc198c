package pkcs11

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"fmt"
	"io"
	"slices"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// PKCS #11 2.40 names keys of 256 bits only (section 2.57). For 512 bits drivers
// have the names of TC 26, "Extensions of PKCS #11 for GOST R 34.10-2012 and GOST R
// 34.11-2012".
const (
	ckkGOST512       = 0xD4321003
	ckmGOST512       = 0xD4321006
	ckmGOST512Create = 0xD4321005
)

// gostType is a key type and its mechanisms, both of which work on a digest that was
// made outside: tokens have the Russian substitution in 34.11-94, not the Kazakh one.
type gostType struct{ key, create, sign uint }

var gostTypes = []gostType{
	{p11.CKK_GOSTR3410, p11.CKM_GOSTR3410_KEY_PAIR_GEN, p11.CKM_GOSTR3410},
	{ckkGOST512, ckmGOST512Create, ckmGOST512},
}

// gostKind is how a kind of key that we make is named on a token: by curve and
// digest. Tokens know the Russian names only, and nothing that tells a Kazakh key
// from a Russian one with the same numbers; these are read as Kazakh as long as no
// certificate says otherwise.
type gostKind struct {
	algorithm     agent.KeyAlgorithm
	gostType      gostType
	curve, digest []byte // CKA_GOSTR3410_PARAMS and CKA_GOSTR3411_PARAMS, DER
}

var gostKinds = []gostKind{
	{agent.GOST2004, gostTypes[0], oid(1, 2, 643, 2, 2, 35, 1), oid(1, 2, 643, 2, 2, 30, 1)},
	{agent.GOST2012, gostTypes[0], oid(1, 2, 643, 2, 2, 35, 1), oid(1, 2, 643, 7, 1, 1, 2, 2)},
	{agent.GOST2015, gostTypes[1], oid(1, 2, 643, 7, 1, 2, 1, 2, 1), oid(1, 2, 643, 7, 1, 1, 2, 3)},
}

func oid(arcs ...int) []byte {
	der, err := asn1.Marshal(asn1.ObjectIdentifier(arcs))
	if err != nil {
		panic("pkcs11: " + err.Error())
	}
	return der
}

// gostTypeOf returns what a key type stands for.
func gostTypeOf(keyType uint) (gostType, bool) {
	i := slices.IndexFunc(gostTypes, func(t gostType) bool { return t.key == keyType })
	if i < 0 {
		return gostType{}, false
	}
	return gostTypes[i], true
}

// gostKey is a GOST key pair as it was found after a login, which crypto11 cannot
// read. It signs in the token's own session, whose turn is held meanwhile.
type gostKey struct {
	t       *Token
	private p11.ObjectHandle
	sign    uint // mechanism
	public  *gost.PublicKey
}

// Public implements crypto.Signer.
func (k *gostKey) Public() crypto.PublicKey { return k.public }

// Sign implements crypto.Signer. Nothing leaves that does not verify.
func (k *gostKey) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	lib := k.t.m.lib
	if err := lib.SignInit(k.t.session, []*p11.Mechanism{p11.NewMechanism(k.sign, nil)}, k.private); err != nil {
		return nil, err
	}
	signature, err := lib.Sign(k.t.session, digest)
	if err != nil {
		return nil, err
	}
	return k.arrange(digest, signature)
}

// arrange brings a signature into the byte order of the key's country. Tokens differ
// in which one they write; the key tells, and the next signature is tried in the
// order of the last one first.
func (k *gostKey) arrange(digest, signature []byte) ([]byte, error) {
	last := k.t.kazakh.Load()
	for _, kazakh := range []bool{last, !last} {
		s := slices.Clone(signature)
		if kazakh != k.public.Params().Kazakh() {
			slices.Reverse(s)
		}
		if k.public.Verify(digest, s) == nil {
			k.t.kazakh.Store(kazakh)
			return s, nil
		}
	}
	return nil, fmt.Errorf("the token's signature of %d bytes does not verify: %w", len(signature), agent.ErrToken)
}

// findGOST returns the GOST key pair with that CKA_ID and public key, or nil. The
// turn is held.
func (t *Token) findGOST(id []byte, public *gost.PublicKey) (crypto.Signer, error) {
	all, err := t.private(id)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		k, err := t.gostPair(p, id, public)
		if err != nil {
			return nil, err
		}
		if k != nil && k.public.Equal(public) {
			return k, nil
		}
	}
	return nil, nil
}

// gostPair completes a private key, or returns nil when it is none of GOST or its
// public half is not known. The public half is that of known which has the same
// point, for those come from certificates; else what the token says of it. The turn
// is held.
func (t *Token) gostPair(p private, id []byte, known ...*gost.PublicKey) (*gostKey, error) {
	typ, ok := gostTypeOf(p.keyType)
	if !ok {
		return nil, nil
	}
	k := &gostKey{t: t, private: p.handle, sign: typ.sign}
	halves, err := objects(t.m.lib, t.session, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PUBLIC_KEY),
		p11.NewAttribute(p11.CKA_KEY_TYPE, typ.key),
		p11.NewAttribute(p11.CKA_ID, id)})
	switch {
	case err != nil:
		return nil, err
	case len(halves) == 0 && len(known) == 0:
		return nil, nil
	case len(halves) == 0:
		k.public = known[0] // if it is not, no signature verifies
		return k, nil
	}
	point, err := t.m.lib.GetAttributeValue(t.session, halves[0], []*p11.Attribute{p11.NewAttribute(p11.CKA_VALUE, nil)})
	if err != nil {
		return nil, err
	}
	for _, public := range known {
		if bytes.Equal(public.Bytes(), point[0].Value) {
			k.public = public
			return k, nil
		}
	}
	k.public, err = t.gostPublic(halves[0], point[0].Value)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// gostPublic returns a public half by what the token says of it. The turn is held.
func (t *Token) gostPublic(h p11.ObjectHandle, point []byte) (*gost.PublicKey, error) {
	a, err := t.m.lib.GetAttributeValue(t.session, h, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_GOSTR3410_PARAMS, nil), p11.NewAttribute(p11.CKA_GOSTR3411_PARAMS, nil)})
	if err != nil {
		return nil, err
	}
	curve, digest := a[0].Value, a[1].Value
	for _, kind := range gostKinds {
		if bytes.Equal(kind.curve, curve) && bytes.Equal(kind.digest, digest) {
			public, err := gost.NewPublicKey(kind.algorithm.GOST(), point)
			if err != nil {
				return nil, fmt.Errorf("a public half: %w: %w", agent.ErrToken, err)
			}
			return public, nil
		}
	}
	return nil, fmt.Errorf("a GOST key with parameters %x and %x: %w", curve, digest, agent.ErrMechanism)
}

// createGOST makes a GOST key pair, in a session of its own, so that the token's is
// free meanwhile. The turn of writing is held, which keeps the library initialized.
func (t *Token) createGOST(spec agent.KeySpec) (*gost.PublicKey, error) {
	i := slices.IndexFunc(gostKinds, func(k gostKind) bool { return k.algorithm == spec.Algorithm })
	if i < 0 {
		return nil, fmt.Errorf("%q: %w", spec.Algorithm, agent.ErrMechanism)
	}
	kind, lib := gostKinds[i], t.m.lib
	has, err := lib.GetMechanismList(t.slot)
	if err != nil {
		return nil, err
	}
	for _, m := range []uint{kind.gostType.create, kind.gostType.sign} {
		if !slices.ContainsFunc(has, func(h *p11.Mechanism) bool { return h.Mechanism == m }) {
			return nil, fmt.Errorf("%q needs mechanism %#x: %w", spec.Algorithm, m, agent.ErrMechanism)
		}
	}
	session, err := lib.OpenSession(t.slot, p11.CKF_SERIAL_SESSION|p11.CKF_RW_SESSION)
	if err != nil {
		return nil, err
	}
	defer lib.CloseSession(session)
	public, private := kind.templates(spec)
	half, key, err := lib.GenerateKeyPair(session, []*p11.Mechanism{p11.NewMechanism(kind.gostType.create, nil)}, public, private)
	if err != nil {
		return nil, err
	}
	a, err := lib.GetAttributeValue(session, half, []*p11.Attribute{p11.NewAttribute(p11.CKA_VALUE, nil)})
	if err != nil {
		return nil, err
	}
	made, err := gost.NewPublicKey(spec.Algorithm.GOST(), a[0].Value)
	if err != nil { // of use to nobody
		_ = lib.DestroyObject(session, key)
		_ = lib.DestroyObject(session, half)
		return nil, fmt.Errorf("the new public half: %w: %w", agent.ErrToken, err)
	}
	return made, nil
}

// templates returns the attributes of both halves of a new key pair.
func (k gostKind) templates(spec agent.KeySpec) (public, private []*p11.Attribute) {
	both := []*p11.Attribute{
		p11.NewAttribute(p11.CKA_KEY_TYPE, k.gostType.key),
		p11.NewAttribute(p11.CKA_TOKEN, true),
		p11.NewAttribute(p11.CKA_ID, spec.ID),
	}
	if spec.Label != "" {
		both = append(both, p11.NewAttribute(p11.CKA_LABEL, spec.Label))
	}
	public = append(slices.Clone(both),
		p11.NewAttribute(p11.CKA_PRIVATE, false),
		p11.NewAttribute(p11.CKA_VERIFY, true),
		p11.NewAttribute(p11.CKA_GOSTR3410_PARAMS, k.curve),
		p11.NewAttribute(p11.CKA_GOSTR3411_PARAMS, k.digest))
	private = append(both,
		p11.NewAttribute(p11.CKA_PRIVATE, true),
		p11.NewAttribute(p11.CKA_SENSITIVE, true),
		p11.NewAttribute(p11.CKA_EXTRACTABLE, false),
		p11.NewAttribute(p11.CKA_SIGN, true))
	return public, private
}
