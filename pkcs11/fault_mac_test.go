package pkcs11_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"errors"
	"testing"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// An import that was given up goes on with the key that it was given, and never with
// the zeros of one that was wiped. The token destroys nothing here, so that it shows.
func TestGivenUpImport(t *testing.T) {
	store, token, fault := usb(t)
	tok := openToken(t, open(t, store), token)
	macs := tok.(agent.MACs)
	key := bytes.Repeat([]byte{7}, 32)
	spec := agent.MACKeySpec{ID: []byte("0123456789abcdef"), Label: "Qoltanba test", Hash: crypto.SHA256}
	fault.Fail(t, "C_DestroyObject", p11.CKR_FUNCTION_FAILED)
	hanging, release := fault.Hang(t, "C_FindObjectsInit")
	ctx, giveUp := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- macs.ImportMACKey(ctx, spec, agent.NewSecret(bytes.Clone(key))) }() // ends with ctx
	hanging()
	giveUp()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("ImportMACKey that hangs = %v, want context.Canceled", err)
	}
	// Who writes next has the turn when the one before has wiped what it had.
	if _, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: []byte("short")}); !errors.Is(err, agent.ErrInvalid) {
		t.Fatalf("GenerateKey with a short identifier = %v, want ErrInvalid", err)
	}
	release()
	message := []byte("message")
	want := hmac.New(crypto.SHA256.New, key)
	want.Write(message)
	got, err := macs.MAC(t.Context(), spec.ID, spec.Hash, message)
	if err != nil || !bytes.Equal(got, want.Sum(nil)) {
		t.Errorf("MAC of the key that was given up = %x, %v, want %x", got, err, want.Sum(nil))
	}
	fault.Fail(t, "C_DestroyObject", p11.CKR_OK)
}
