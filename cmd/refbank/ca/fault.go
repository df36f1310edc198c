package ca

import (
	"crypto/x509"
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

// OpenExpired opens the CA in a folder, with certificates of the issuing CAs that
// ended a day ago. Names and keys are the right ones, and no file is changed.
func OpenExpired(dir string) (*CA, error) {
	c, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if c.ec.issuing, err = c.ec.expired(dir); err != nil {
		return nil, err
	}
	c.gost.issuing, err = c.gost.expired(filepath.Join(dir, GOSTFolder))
	return c, err
}

// expired returns the certificate of the issuing CA with other dates.
func (h hierarchy) expired(dir string) (*x509.Certificate, error) {
	rootKey, err := readKey(filepath.Join(dir, rootKeyFile), h.root)
	if err != nil {
		return nil, err
	}
	t := *h.issuing
	t.NotBefore, t.NotAfter = t.NotBefore.AddDate(-1, 0, 0), time.Now().AddDate(0, 0, -1)
	return sign(&t, h.root, h.key.Public(), rootKey)
}
