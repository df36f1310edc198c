package cmp

import (
	"crypto/x509"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/cmp"
	"qoltanba/cmd/refbank/store"
)

// One sender does not keep all others out, and what is over is forgotten.
func TestTransactionsOfOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newTransactions()
		one := &sender{signer: &x509.Certificate{Raw: []byte("one")}}
		for i := range maxOfOne {
			if _, err := all.begin(cmp.NewID(), one); err != nil {
				t.Fatalf("begin %d = %v", i, err)
			}
		}
		_, err := all.begin(cmp.NewID(), one)
		if f, ok := errors.AsType[*failure](err); !ok || f.bit != cmp.SystemUnavailable {
			t.Errorf("begin = %v, want too many", err)
		}
		for _, other := range []*sender{
			{signer: &x509.Certificate{Raw: []byte("two")}},
			{card: &store.Card{Client: store.Client{UserID: "three"}}},
		} {
			if _, err := all.begin(cmp.NewID(), other); err != nil {
				t.Errorf("begin(another) = %v", err)
			}
		}
		time.Sleep(life + time.Second)
		if _, err := all.begin(cmp.NewID(), one); err != nil || len(all.all) != 1 {
			t.Errorf("begin = %v with %d transactions, want 1 when the others are over", err, len(all.all))
		}
	})
}
