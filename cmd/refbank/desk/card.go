package desk

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/gost"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/ca/pfxwriter"
	"qoltanba/cmd/refbank/store"
)

// primaryLife is how long a primary initialization key can be used. The bank hands it
// out together with the card, and both are used within days.
const primaryLife = 90 * 24 * time.Hour

// iterations makes a guess at the password of a key file cost about a third of a
// second: the password is the PIN, which has 40 bits, and the file lies on a USB flash.
const iterations = 300_000

// DemoPeriods are those of the demo client's contract, in months.
func DemoPeriods() []int { return []int{12, 24} }

// HandOut makes an OTP card with a primary initialization key for a client, writes the
// key into a new file under the card's PIN, and returns the PIN. A card from before is
// good for nothing from then on.
func (d Desk) HandOut(ctx context.Context, userID, file string, algorithm agent.KeyAlgorithm) (pin string, err error) {
	client, err := d.Store.Client(ctx, userID)
	if err != nil {
		return "", err
	}
	key, err := primaryKey(algorithm)
	if err != nil {
		return "", err
	}
	cert, err := d.Primary.Issue(key.Public(), subject(client), primaryLife)
	if err != nil {
		return "", err
	}
	pin = store.NewPIN()
	data, err := keyFile(key, cert, pin)
	if err != nil {
		return "", err
	}
	// Never over a file that is there: it may be another client's key.
	if err := writeNew(file, data); err != nil {
		return "", fmt.Errorf("writing the key file: %w", err)
	}
	if err := d.Store.AddCard(ctx, userID, pin, cert, time.Now()); err != nil {
		return "", errors.Join(err, os.Remove(file))
	}
	return pin, nil
}

func primaryKey(algorithm agent.KeyAlgorithm) (crypto.Signer, error) {
	switch algorithm {
	case agent.RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case agent.P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case agent.GOST2004:
		return gost.GenerateKey(gost.Kazakh2004), nil
	case agent.GOST2015:
		return gost.GenerateKey(gost.Kazakh2015), nil
	}
	return nil, fmt.Errorf("making a primary key of kind %q: %w", algorithm, agent.ErrInvalid)
}

// keyFile returns a key with its certificate in PKCS#12, under the PIN.
func keyFile(key crypto.Signer, cert *x509.Certificate, pin string) ([]byte, error) {
	var pkcs8 []byte
	if k, ok := key.(*gost.PrivateKey); ok {
		pkcs8 = k.Marshal()
	} else {
		var err error
		if pkcs8, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
			return nil, err
		}
	}
	defer clear(pkcs8)
	return pfxwriter.Encode(pkcs8, []*x509.Certificate{cert}, pin, iterations)
}

func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// subject is how a client is named in certificates.
func subject(c store.Client) ca.Subject {
	return ca.Subject{Surname: c.Surname, GivenName: c.GivenName, IIN: c.IIN, Company: c.Company, BIN: c.BIN}
}
