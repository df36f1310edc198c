//go:build cgo

package remote_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"io"
	"sync"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/pkcs11/remote"
)

// overheard keeps what was read.
type overheard struct {
	io.ReadWriteCloser
	mu   sync.Mutex
	read bytes.Buffer
}

func (o *overheard) Read(b []byte) (int, error) {
	n, err := o.ReadWriteCloser.Read(b)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.read.Write(b[:n])
	return n, err
}

// What a token computes may be a key: that of the record of a code generator is. It
// crosses the pipe as secrets do, and not in JSON, whose buffers nobody wipes.
func TestMACIsNoJSON(t *testing.T) {
	token := agenttest.NewToken("A1", "", "1234")
	here, there := pipes()
	served := make(chan error, 1)
	go func() { // ends with the pipe
		served <- remote.Serve(context.Background(), there, agenttest.NewTokens(token), nil)
	}()
	ear := &overheard{ReadWriteCloser: here}
	tok, end := remote.OverForTest(t, ear, token.ID())
	if err := tok.Login(t.Context(), agent.NewSecret([]byte("1234"))); err != nil {
		t.Fatal(err)
	}
	macs, id := tok.(agent.MACs), []byte("0123456789abcdef")
	if err := macs.ImportMACKey(t.Context(), agent.MACKeySpec{ID: id, Label: "x", Hash: crypto.SHA256}, agent.NewSecret(make([]byte, 32))); err != nil {
		t.Fatal(err)
	}
	sum, err := macs.MAC(t.Context(), id, crypto.SHA256, []byte("message"))
	if err != nil || len(sum) != 32 {
		t.Fatalf("MAC() = %x, %v", sum, err)
	}
	end()
	if err := <-served; err != nil {
		t.Errorf("Serve() = %v", err)
	}
	ear.mu.Lock()
	defer ear.mu.Unlock()
	if heard := ear.read.Bytes(); !bytes.Contains(heard, sum) || bytes.Contains(heard, []byte(base64.StdEncoding.EncodeToString(sum))) {
		t.Error("the MAC does not cross as a secret")
	}
}
