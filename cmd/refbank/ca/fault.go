package ca

import (
	"path/filepath"
	"time"
)

// WithClock returns a CA whose clock is wrong by skew when it issues client
// certificates, to see what an agent makes of them.
func (c *CA) WithClock(skew time.Duration) *CA {
	wrong := *c
	wrong.skew = skew
	return &wrong
}

// OpenExpired opens the CA in a folder, with a certificate of the issuing CA that
// ended a day ago. Name and key are the right ones, and no file is changed.
func OpenExpired(dir string) (*CA, error) {
	c, err := Open(dir)
	if err != nil {
		return nil, err
	}
	rootKey, err := readKey(filepath.Join(dir, rootKeyFile))
	if err != nil {
		return nil, err
	}
	t := *c.issuing
	t.NotBefore, t.NotAfter = t.NotBefore.AddDate(-1, 0, 0), time.Now().AddDate(0, 0, -1)
	c.issuing, err = sign(&t, c.root, c.key.Public(), rootKey)
	return c, err
}
