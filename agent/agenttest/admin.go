package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"
	"slices"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

var _ agent.Admin = (*session)(nil)

// Blank makes the token one that was never formatted: it has no user PIN, no
// label and no key.
func (t *Token) Blank() {
	t.mu.Lock()
	t.blank, t.unset, t.label, t.keys, t.others, t.macs = true, true, "", nil, nil, nil
	t.mu.Unlock()
	t.tell()
}

// AddOrphan puts a key pair without a certificate on the token.
func (t *Token) AddOrphan(alg agent.KeyAlgorithm, label string) (id []byte) {
	id = randomID(8)
	t.addOrphan(&stored{id: id, label: label, signer: must(generate(alg))})
	return id
}

// AddCopied is AddOrphan with a key of that CKA_ID that was made elsewhere, where it may
// be still.
func (t *Token) AddCopied(id []byte, alg agent.KeyAlgorithm, label string) {
	t.addOrphan(&stored{id: bytes.Clone(id), label: label, signer: must(generate(alg)), copied: true})
}

func (t *Token) addOrphan(k *stored) {
	t.mu.Lock()
	t.keys = append(t.keys, k)
	t.mu.Unlock()
	t.tell()
}

// AddObject puts something on the token that is neither a key nor the
// certificate of one.
func (t *Token) AddObject(o agent.Object) {
	t.mu.Lock()
	t.others = append(t.others, o)
	t.mu.Unlock()
	t.tell()
}

// SetAdminTries sets how many tries for the administrator's PIN are left; 0
// locks it.
func (t *Token) SetAdminTries(left int) {
	t.mu.Lock()
	t.soLeft = left
	t.mu.Unlock()
	t.tell()
}

func (s *session) CheckAdminPIN(ctx context.Context, pin *agent.Secret) error {
	defer s.t.tell()
	return s.do(ctx, OpAdmin, "checking the administrator's PIN", false, func() error { return s.t.checkAdmin(pin) })
}

// takes returns ErrPINLength for a PIN that the token would not take.
func takes(pin *agent.Secret) error {
	if pin.Len() < minPIN || pin.Len() > maxPIN {
		return agent.ErrPINLength
	}
	return nil
}

func (s *session) SetAdminPIN(ctx context.Context, old, new *agent.Secret) error {
	defer s.t.tell()
	return s.do(ctx, OpAdmin, "changing the administrator's PIN", false, func() error {
		if err := takes(new); err != nil {
			return err
		}
		if new.Equal(old) {
			return agent.ErrPINSame
		}
		if err := s.t.checkAdmin(old); err != nil {
			return err
		}
		s.t.so = bytes.Clone(new.Bytes())
		return nil
	})
}

func (s *session) Unblock(ctx context.Context, admin, pin *agent.Secret) error {
	defer s.t.tell()
	return s.do(ctx, OpAdmin, "setting the user PIN", false, func() error {
		if err := takes(pin); err != nil {
			return err
		}
		if err := s.t.checkAdmin(admin); err != nil {
			return err
		}
		s.t.setPIN(pin)
		return nil
	})
}

// setPIN sets the user PIN as the administrator does, with t.mu held.
func (t *Token) setPIN(pin *agent.Secret) {
	t.pin, t.left, t.unset, t.byAdmin = bytes.Clone(pin.Bytes()), tries, false, true
}

// Format counts the other tokens of the same Tokens, as a module does.
func (s *session) Format(ctx context.Context, admin *agent.Secret, f agent.Format) error {
	defer s.t.tell()
	if err := agent.CheckLabel(f.Label); err != nil {
		return fmt.Errorf("formatting: %w", err)
	}
	return s.do(ctx, OpFormat, "formatting", false, func() error {
		t := s.t
		t.plugged++ // every session ends, whatever comes out
		t.unlocked = false
		switch {
		case t.beside() > 1:
			return agent.ErrManyTokens
		case takes(f.PIN) != nil:
			return agent.ErrPINLength
		}
		if err := t.checkAdmin(admin); err != nil {
			return err
		}
		t.label, t.keys, t.others, t.macs, t.blank = f.Label, nil, nil, nil, false
		t.setPIN(f.PIN)
		return nil
	})
}

func (s *session) Objects(ctx context.Context) ([]agent.Object, error) {
	var all []agent.Object
	err := s.do(ctx, OpAdmin, "listing objects", false, func() error {
		all = s.t.objects(s.t.unlocked)
		return nil
	})
	return all, err
}

// objects lists what can be seen, with t.mu held.
func (t *Token) objects(private bool) []agent.Object {
	var all []agent.Object
	for _, k := range t.keys {
		o := agent.Object{ID: bytes.Clone(k.id), Label: k.label, Algorithm: algorithmOf(k.signer)}
		if t.find(k.id) == k { // not one more certificate of it
			if private {
				o.Kind, o.Private, o.Copied = agent.ObjectPrivateKey, true, k.copied
				all = append(all, o)
			}
			o.Kind, o.Private, o.Copied = agent.ObjectPublicKey, false, false
			all = append(all, o)
		}
		if k.cert != nil {
			all = append(all, agent.Object{Kind: agent.ObjectCertificate, ID: o.ID, Label: k.label, Certificate: bytes.Clone(k.cert.Raw)})
		}
	}
	for _, k := range t.macs {
		if private {
			all = append(all, agent.Object{Kind: agent.ObjectOther, ID: bytes.Clone(k.id), Label: k.label, Private: true})
		}
	}
	for _, o := range t.others {
		if private || !o.Private {
			all = append(all, o)
		}
	}
	return all
}

func algorithmOf(k crypto.Signer) string {
	switch p := k.Public().(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", p.N.BitLen())
	case *ecdsa.PublicKey:
		return p.Params().Name
	case *gost.PublicKey:
		return "GOST R 34.10"
	}
	return ""
}

// Delete destroys an object. A key pair goes as a whole, with its public half.
func (s *session) Delete(ctx context.Context, o agent.Object) error {
	defer s.t.tell()
	return s.do(ctx, OpAdmin, "deleting an object", true, func() error {
		same := func(p agent.Object) bool {
			return p.Kind == o.Kind && bytes.Equal(p.ID, o.ID) && p.Label == o.Label && bytes.Equal(p.Certificate, o.Certificate)
		}
		if !slices.ContainsFunc(s.t.objects(true), same) {
			return agent.ErrNoKey
		}
		s.t.others = slices.DeleteFunc(s.t.others, same)
		s.t.deleteMACKeys(func(k secretKey) bool {
			return same(agent.Object{Kind: agent.ObjectOther, ID: k.id, Label: k.label})
		})
		s.t.keys = slices.DeleteFunc(s.t.keys, func(k *stored) bool {
			return o.Kind != agent.ObjectCertificate && bytes.Equal(k.id, o.ID)
		})
		for i, k := range s.t.keys {
			if o.Kind != agent.ObjectCertificate || k.cert == nil || !bytes.Equal(k.cert.Raw, o.Certificate) {
				continue
			}
			twin := func(other *stored) bool { return other != k && bytes.Equal(other.id, k.id) }
			if k.cert = nil; slices.ContainsFunc(s.t.keys, twin) { // the key stays with its other certificate
				s.t.keys = slices.Delete(s.t.keys, i, i+1)
				break
			}
		}
		return nil
	})
}

func (s *session) Details(ctx context.Context) (agent.Details, error) {
	d := agent.Details{Driver: "Memory 1.0", Hardware: "1.0", Firmware: "1.0", Mechanisms: []string{"CKM_ECDSA", "CKM_RSA_PKCS"}, FreeMemory: -1}
	return d, s.do(ctx, OpAdmin, "reading the token", false, func() error { return nil })
}
