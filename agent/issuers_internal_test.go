package agent

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A halfBank has a server for each of two CAs. The first one, which issued what it is asked
// about, is down from the second question on.
type halfBank struct {
	Enroller
	Renewer
	asked int
}

func (h *halfBank) CACerts(context.Context) ([]*x509.Certificate, error) {
	all := []*x509.Certificate{{Raw: []byte("EST")}, {Raw: []byte("CMP")}}
	if h.asked++; h.asked > 1 {
		return all[1:], ErrBank
	}
	return all, nil
}

func (h *halfBank) IsIssuer(_ *x509.Certificate, issuers []*x509.Certificate) bool {
	return slices.ContainsFunc(issuers, func(c *x509.Certificate) bool { return string(c.Raw) == "EST" })
}

// What one server of a bank says does not displace what the other said before.
func TestIssuersKeepWhatWasSaid(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c := newChildren()
		defer c.wait()
		defer c.end()
		bank := &halfBank{}
		i := newIssuers(c, []Bank{{Host: "ca.test", Enroller: bank, Trusted: true}})
		for range 2 {
			i.ask(i.banks[0], false)
			synctest.Wait()
			time.Sleep(2 * askAgain) // of the test's clock
		}
		if bank.asked != 2 {
			t.Fatalf("the bank was asked %d times, want 2", bank.asked)
		}
		if more, err := i.find(t.Context(), search{certificates: [][]byte{der}}); !more {
			t.Errorf("find = %t, %v, want the bank", more, err)
		}
	})
}
