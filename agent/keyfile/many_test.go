package keyfile_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

// A file of a megabyte has room for thousands of keys and certificates. To see which belong
// together would take hours, and the certificates in sight would fill every window.
func TestManyInAFile(t *testing.T) {
	key, _ := certified(gost.Kazakh2015)
	_, cert := certified(gost.Kazakh2015)
	const many = 100
	m := made{keys: slices.Repeat([][]byte{key}, many), certificates: slices.Repeat([][]byte{cert}, many)}
	s := set(drive(t, map[string][]byte{"Key.pfx": m.encode(t, password)}))
	found := only(t, s)
	if n := len(found.Keys); n != 0 {
		t.Errorf("%d certificates are in sight", n)
	}
	token, err := s.Open(t.Context(), found.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer token.Close()
	start := time.Now()
	if err := token.Login(t.Context(), agent.NewSecret([]byte(password))); !errors.Is(err, agent.ErrUnreadable) || errors.Is(err, agent.ErrUnpaired) {
		t.Errorf("Login = %v after %v, want ErrUnreadable at once", err, time.Since(start))
	}
}
