package keyfile_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent/gost"
)

// TestLoginGOST has the agent log in with GOST keys of both countries and of every
// standard, in all encodings.
func TestLoginGOST(t *testing.T) {
	type file struct {
		data      []byte
		algorithm string
	}
	files := map[string]file{
		"engine 256": {russian(t, "gost2012_256"), "GOST-2012-256"},
		"engine 512": {russian(t, "gost2012_512"), "GOST-2012-512"},
	}
	for _, p := range gost.Supported() {
		f := file{ofGOST(p).encode(t, password), "GOST-2015"}
		switch name := p.String(); {
		case strings.Contains(name, "2004"):
			f.algorithm = "GOST-2004"
		case strings.Contains(name, "2001"):
			f.algorithm = "GOST-2001"
		case strings.Contains(name, "2012 256"):
			f.algorithm = "GOST-2012-256"
		case strings.Contains(name, "2012 512"):
			f.algorithm = "GOST-2012-512"
		}
		files[p.String()] = f
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, set(drive(t, map[string][]byte{"GOST.pfx": f.data})))
			nonce := challenge()
			token, session, err := d.page().Authenticate(t.Context(), nonce)
			if err != nil {
				t.Fatal(err)
			}
			if token.Format != "qoltanba-gost:1.0" || token.Algorithm != f.algorithm ||
				token.UnverifiedCertificate != base64.StdEncoding.EncodeToString(session.Certificate) {
				t.Errorf("token %+v, want one of GOST with %s", token, f.algorithm)
			}
			cert, err := gost.ParseCertificate(session.Certificate)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := base64.StdEncoding.DecodeString(token.Signature)
			if err != nil {
				t.Fatal(err)
			}
			key := cert.PublicKey.(*gost.PublicKey)
			h := key.Params().Hash()
			text := slices.Concat([]byte("qoltanba-gost:1.0\x00"), h.Sum([]byte(site)), h.Sum([]byte(nonce)))
			if err := key.Verify(h.Sum(text), signature); err != nil {
				t.Error(err)
			}
		})
	}
}
