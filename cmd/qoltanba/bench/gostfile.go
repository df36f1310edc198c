package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
	"unicode/utf16"

	"qoltanba/agent/agenttest"
	"qoltanba/agent/gost"
	"qoltanba/agent/keyfile"
)

// gostFile measures batches with a GOST key file, the whole path as for a token, beside
// the bare key in as many goroutines.
func (b *bench) gostFile(ctx context.Context) error {
	for _, params := range []*gost.Params{gost.Kazakh2004, gost.Kazakh2015} {
		if err := b.keyFileBatch(ctx, params); err != nil {
			return fmt.Errorf("%v: %w", params, err)
		}
	}
	return nil
}

// files are key files as a holder.
type files struct{ *keyfile.Set }

func (files) Close() error { return nil }

func (b *bench) keyFileBatch(ctx context.Context, params *gost.Params) (err error) {
	name, root, key, err := b.makeKeyFile(params)
	if err != nil {
		return err
	}
	b.tokens.roots = append(b.tokens.roots, root)
	p, err := startPath(ctx, b.dir, b.tokens, files{keyfile.NewSet(keyfile.Config{Drives: func() []string { return nil }, Files: []string{name}})})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	g, err := p.openProfile(ctx, 0)
	if err != nil {
		return err
	}
	documents, digest := payments.documents(b.batch), make([]byte, params.Size())
	ours, peer, err := inTurns(ctx, b.rounds,
		func() (time.Duration, error) {
			runtime.GC()
			return b.request(g, documents)
		},
		func() (time.Duration, error) {
			errs := make([]error, loopSessions)
			var group sync.WaitGroup
			start := time.Now()
			for i := range errs {
				group.Go(func() {
					for range b.batch / loopSessions {
						if _, err := key.Sign(nil, digest, nil); err != nil {
							errs[i] = err
						}
					}
				})
			}
			group.Wait()
			return time.Since(start), errors.Join(errs...)
		})
	if err != nil {
		return err
	}
	err = b.report.add(line{
		Name:  fmt.Sprintf("batch of %d, %v key file", b.batch, params),
		Value: float64(b.batch) / ours, Unit: "sign/s", Peer: "bare key", PeerValue: float64(b.batch) / peer,
	}, nil)
	b.report.note(g.stages.String())
	return errors.Join(err, g.close())
}

// makeKeyFile makes a key file with a certified key, whose password is userPIN.
func (b *bench) makeKeyFile(params *gost.Params) (name string, root *x509.Certificate, key *gost.PrivateKey, err error) {
	key = gost.GenerateKey(params)
	ca := agenttest.NewCA("Bench CA")
	file, err := encodeKeyFile(userPIN, key.Marshal(), ca.Issue(key.Public(), "Accountant").Raw)
	if err != nil {
		return "", nil, nil, err
	}
	name = filepath.Join(b.temp, params.Hash().String()+".pfx")
	return name, ca.GOST(params), key, os.WriteFile(name, file, 0o600)
}

// encodeKeyFile makes a PKCS #12 file (RFC 7292) of a key and its certificate, neither
// encrypted: only its MAC needs the password. Nobody else writes Kazakh keys.
func encodeKeyFile(password string, key, certificate []byte) ([]byte, error) {
	type tagged struct {
		ID    asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	type digest struct {
		Algorithm pkix.AlgorithmIdentifier
		Value     []byte
	}
	type mac struct {
		Digest digest
		Salt   []byte
	}
	tag := func(id asn1.ObjectIdentifier, content []byte) tagged {
		return tagged{id, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: content}}
	}
	var errs []error
	encode := func(v any) []byte {
		der, err := asn1.Marshal(v)
		errs = append(errs, err)
		return der
	}
	pkcs := asn1.ObjectIdentifier{1, 2, 840, 113549, 1}
	data := append(pkcs[:5:5], 7, 1)
	bags := encode([]tagged{
		tag(append(pkcs[:5:5], 12, 10, 1, 1), key),
		tag(append(pkcs[:5:5], 12, 10, 1, 3), encode(tag(append(pkcs[:5:5], 9, 22, 1), encode(certificate)))),
	})
	safe := encode([]tagged{tag(data, encode(bags))})
	salt := []byte("saltsalt")
	file := encode(struct {
		Version int
		Safe    tagged
		MAC     mac
	}{3, tag(data, encode(safe)), mac{
		digest{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}}, keyFileMAC(password, salt, safe)},
		salt,
	}})
	return file, errors.Join(errs...)
}

// keyFileMAC is the MAC with the key derivation of RFC 7292, B.2, of one iteration.
func keyFileMAC(password string, salt, content []byte) []byte {
	const block, forMAC = 64, 3
	var p []byte
	for _, c := range append(utf16.Encode([]rune(password)), 0) {
		p = append(p, byte(c>>8), byte(c))
	}
	fill := func(b []byte) []byte {
		n := (len(b) + block - 1) / block * block
		return bytes.Repeat(b, n/len(b)+1)[:n]
	}
	key := sha256.Sum256(bytes.Join([][]byte{bytes.Repeat([]byte{forMAC}, block), fill(salt), fill(p)}, nil))
	mac := hmac.New(sha256.New, key[:])
	mac.Write(content)
	return mac.Sum(nil)
}
