package vcard

import (
	"crypto/rand"
	"crypto/rsa"
)

// Algorithms of IsoApplet, by their references.
const (
	generateRSA2048 = 0xF3
	signPKCS1       = 0x11 // the card pads, PKCS #1 v1.5
)

// maxKey is the highest number of a key.
const maxKey = 15

// environment says what the next operation is to use.
type environment struct{ algorithm, key byte }

// manageEnvironment is MANAGE SECURITY ENVIRONMENT, ISO 7816-4 section 7.5.11.
func (c *Card) manageEnvironment(cmd command) int {
	if cmd.p1 != 0x41 {
		return swWrongP1P2
	}
	o := objects(cmd.data)
	algorithm, key := o[0x80], o[0x84]
	if len(algorithm) != 1 || len(key) != 1 {
		return swWrongData
	}
	if key[0] > maxKey {
		return swNoReference
	}
	c.env = environment{algorithm[0], key[0]}
	return swOK
}

// generate is GENERATE ASYMMETRIC KEY PAIR, ISO 7816-8 section 5.1: it answers
// with the public key.
func (c *Card) generate(cmd command) ([]byte, int) {
	switch {
	case !c.verified:
		return nil, swNotVerified
	case c.env.algorithm != generateRSA2048:
		return nil, swNotSupported
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, swExecutionError
	}
	c.keys[c.env.key] = k
	return object(0x7F49, append(object(0x81, k.N.Bytes()), object(0x82, []byte{1, 0, 1})...)), swOK
}

// sign is PERFORM SECURITY OPERATION: COMPUTE DIGITAL SIGNATURE, ISO 7816-8
// section 5.2. What comes is the DigestInfo, which the card pads.
func (c *Card) sign(cmd command) ([]byte, int) {
	key, ok := c.keys[c.env.key]
	switch {
	case cmd.p1 != 0x9E || cmd.p2 != 0x9A:
		return nil, swWrongP1P2
	case c.env.algorithm != signPKCS1:
		return nil, swNotSupported
	case !ok:
		return nil, swNoReference
	case !c.verified:
		return nil, swNotVerified
	}
	signature, err := rsa.SignPKCS1v15(nil, key, 0, cmd.data)
	if err != nil {
		return nil, swWrongData
	}
	return signature, swOK
}
