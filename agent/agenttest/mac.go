package agenttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"fmt"
	"slices"

	"qoltanba/agent"
)

var _ agent.MACs = (*session)(nil)

// secretKey is a key for HMACs on a token.
type secretKey struct {
	id    []byte
	label string
	value []byte
}

// SetMACs sets of which hashes the token computes HMACs: none at all without one.
func (t *Token) SetMACs(hashes ...crypto.Hash) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hashes = hashes
}

// SetRoom sets how many more secret keys the token takes, -1 for any number.
func (t *Token) SetRoom(keys int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.room = keys
}

// MACKeys returns the labels of the secret keys on the token.
func (t *Token) MACKeys() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	labels := []string{}
	for _, k := range t.macs {
		labels = append(labels, k.label)
	}
	return labels
}

// DropMACKeys destroys secret keys by label, as another program would.
func (t *Token) DropMACKeys(match func(label string) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.macs = slices.DeleteFunc(t.macs, func(k secretKey) bool { return match(k.label) })
}

// canMAC is asked with t.mu held.
func (t *Token) canMAC(hash crypto.Hash) error {
	if !slices.Contains(t.hashes, hash) {
		return fmt.Errorf("HMAC with %v: %w", hash, agent.ErrMechanism)
	}
	return nil
}

func (s *session) ImportMACKey(ctx context.Context, spec agent.MACKeySpec, key *agent.Secret) error {
	return s.do(ctx, OpImport, "importing a key", true, func() error {
		t := s.t
		if len(spec.ID) < 8 || key.Len() == 0 || len(t.idsOf(spec.ID)) > 0 {
			return fmt.Errorf("identifier %x: %w", spec.ID, agent.ErrInvalid)
		}
		if err := t.canMAC(spec.Hash); err != nil {
			return err
		}
		if t.room == 0 {
			return agent.ErrTokenFull
		}
		t.room = max(t.room-1, -1)
		t.macs = append(t.macs, secretKey{bytes.Clone(spec.ID), spec.Label, bytes.Clone(key.Bytes())})
		return nil
	})
}

// idsOf are the objects with that id, with t.mu held.
func (t *Token) idsOf(id []byte) []agent.Object {
	return slices.DeleteFunc(t.objects(true), func(o agent.Object) bool { return !bytes.Equal(o.ID, id) })
}

func (s *session) MAC(ctx context.Context, id []byte, hash crypto.Hash, message []byte) ([]byte, error) {
	var sum []byte
	err := s.do(ctx, OpMAC, "computing a code", true, func() error {
		if err := s.t.canMAC(hash); err != nil {
			return err
		}
		i := slices.IndexFunc(s.t.macs, func(k secretKey) bool { return bytes.Equal(k.id, id) })
		if i < 0 {
			return agent.ErrNoKey
		}
		if err := s.t.countSignature(); err != nil {
			return err
		}
		m := hmac.New(hash.New, s.t.macs[i].value)
		m.Write(message)
		sum = m.Sum(nil)
		return nil
	})
	return sum, err
}

func (s *session) DeleteMACKey(ctx context.Context, id []byte) error {
	return s.do(ctx, "", "deleting a key", true, func() error {
		s.t.deleteMACKeys(func(k secretKey) bool { return bytes.Equal(k.id, id) })
		return nil
	})
}

// deleteMACKeys makes room of the keys that match.
func (t *Token) deleteMACKeys(match func(secretKey) bool) {
	before := len(t.macs)
	t.macs = slices.DeleteFunc(t.macs, match)
	if t.room >= 0 {
		t.room += before - len(t.macs)
	}
}
