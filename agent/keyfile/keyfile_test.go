package keyfile_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/gost"
	"qoltanba/agent/keyfile"
)

// poll is fast, as every change is waited for.
const poll = 5 * time.Millisecond

// drive is a removable drive with those files in its top folder.
func drive(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		write(t, filepath.Join(dir, name), data)
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// set looks at those drives.
func set(dirs ...string) *keyfile.Set {
	return keyfile.NewSet(keyfile.Config{Drives: func() []string { return dirs }, Poll: poll})
}

// only returns the one key file that is there.
func only(t *testing.T, s agent.Tokens) agent.TokenInfo {
	t.Helper()
	all, err := s.List(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("List() = %v, %v, want one", all, err)
	}
	return all[0]
}

// fixture is a drive with a file, which can be pulled.
func fixture(data []byte) func(t *testing.T) agenttest.Fixture {
	return func(t *testing.T) agenttest.Fixture {
		dir := drive(t, map[string][]byte{"GOST.pfx": data})
		s := set(dir)
		pulled := filepath.Join(t.TempDir(), "pulled")
		move := func(from, to string) func(t *testing.T) {
			return func(t *testing.T) {
				if err := os.Rename(from, to); err != nil {
					t.Fatal(err)
				}
			}
		}
		return agenttest.Fixture{Tokens: s, ID: only(t, s).ID, PIN: password, Remove: move(dir, pulled), Insert: move(pulled, dir)}
	}
}

func TestContract(t *testing.T) {
	for _, file := range keyFiles(t) {
		t.Run(file.name, func(t *testing.T) { agenttest.TestReadOnlyToken(t, fixture(file.data)) })
	}
}

func TestGOST(t *testing.T) {
	for _, kind := range []agent.KeyAlgorithm{agent.GOST2004, agent.GOST2015, agent.GOST2012} {
		agenttest.TestReadOnlyGOST(t, []agent.KeyAlgorithm{kind}, fixture(ofGOST(kind.GOST()).encode(t, password)))
	}
	t.Run("beside others", func(t *testing.T) {
		agenttest.TestReadOnlyGOST(t, []agent.KeyAlgorithm{agent.GOST2004, agent.GOST2015}, fixture(everything().encode(t, password)))
	})
}

func TestAuthorityContract(t *testing.T) {
	for _, file := range authorityFiles(t) {
		t.Run(file.name, func(t *testing.T) { agenttest.TestReadOnlyToken(t, fixture(file.data)) })
	}
}

func TestAuthorityGOST(t *testing.T) {
	files := make(map[string][]byte)
	for _, file := range authorityFiles(t) {
		files[file.name] = file.data
	}
	for kind, name := range map[agent.KeyAlgorithm]string{
		agent.GOST2004: "test-sign-gost2004.p12", agent.GOST2015: "test-sign-gost2015.p12",
	} {
		agenttest.TestReadOnlyGOST(t, []agent.KeyAlgorithm{kind}, fixture(files[name]))
	}
}

// What a file tells without its password, and with it.
func TestSealed(t *testing.T) { testSealed(t, keyFiles(t)) }

func TestAuthoritySealed(t *testing.T) { testSealed(t, authorityFiles(t)) }

func testSealed(t *testing.T, files []keyFile) {
	for _, file := range files {
		t.Run(file.name, func(t *testing.T) {
			s := set(drive(t, map[string][]byte{"GOST.pfx": file.data}))
			i := only(t, s)
			sum := sha256.Sum256(file.data)
			if i.ID.Serial != hex.EncodeToString(sum[:16]) || i.Label != "GOST.pfx" || !i.KeyFile || i.PINLocked {
				t.Errorf("List() = %+v", i)
			}
			if i.Sealed != file.sealed || len(i.Keys) == 0 != file.sealed {
				t.Errorf("before Login: sealed %v, %d keys, want sealed %v", i.Sealed, len(i.Keys), file.sealed)
			}
			before := i.Keys
			tok := login(t, s, i.ID)
			if i = only(t, s); i.Sealed || len(i.Keys) == 0 {
				t.Errorf("after Login: sealed %v, %d keys", i.Sealed, len(i.Keys))
			}
			if !file.sealed && !sameKeys(before, i.Keys) {
				t.Errorf("before Login %v, after it %v", before, i.Keys)
			}
			if err := tok.Close(); err != nil {
				t.Fatal(err)
			}
			if i = only(t, s); i.Sealed || len(i.Keys) == 0 {
				t.Errorf("after Close: sealed %v, %d keys", i.Sealed, len(i.Keys))
			}
		})
	}
}

func sameKeys(a, b []agent.KeyInfo) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i].ID, b[i].ID) || !bytes.Equal(a[i].Certificate, b[i].Certificate) {
			return false
		}
	}
	return true
}

func login(t *testing.T, s agent.Tokens, id agent.TokenID) agent.Token {
	t.Helper()
	tok, err := s.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := tok.Login(t.Context(), agent.NewSecret([]byte(password))); err != nil {
		t.Fatalf("Login() = %v", err)
	}
	return tok
}

// Every key of a file signs with the certificate that it is listed with, and what
// is no pair is not listed.
func TestPairs(t *testing.T) {
	m := everything()
	key, _ := certified(gost.Kazakh2004)
	m.keys = append(m.keys, key) // no certificate
	_, cert := certified(gost.Kazakh2015)
	m.certificates = append(m.certificates, cert) // no key
	renewed := agenttest.TestCA().Issue(p256().Public(), "Aigerim, renewed").Raw
	m.certificates = append(m.certificates, renewed)

	s := set(drive(t, map[string][]byte{"Key.p12": m.encode(t, password)}))
	tok := login(t, s, only(t, s).ID)
	keys, err := tok.Keys(t.Context())
	if err != nil || len(keys) != 6 {
		t.Fatalf("Keys() = %d, %v, want five and one of them once more", len(keys), err)
	}
	var same [][]byte
	for _, k := range keys {
		opts := crypto.SignerOpts(crypto.SHA256)
		digest := make([]byte, 32)
		if p, ok := k.Public().(*gost.PublicKey); ok {
			opts, digest = p.Params().Hash(), make([]byte, p.Params().Hash().Size())
		}
		if _, err := k.Sign(nil, digest, opts); err != nil {
			t.Errorf("Sign with %q = %v", k.Certificate().Subject, err)
		}
		if agent.SamePublicKey(k.Public(), p256().Public()) {
			same = append(same, k.ID())
		}
	}
	if len(same) != 2 || !bytes.Equal(same[0], same[1]) {
		t.Errorf("a key with two certificates has the ids %x", same)
	}
}

// A file that is damaged is told apart from a wrong password where its structure
// shows it.
func TestDamaged(t *testing.T) {
	good := usual(t, p256(), modern...)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want error // nil: a PINError
	}{
		"cut off":      {good[:len(good)-100], agent.ErrUnreadable},
		"text":         {[]byte("hello"), agent.ErrUnreadable},
		"one bit":      {flipped, nil},
		"another hash": {bytes.Replace(good, []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}, []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x77}, 1), agent.ErrUnreadable},
	} {
		s := set(drive(t, map[string][]byte{"Key.pfx": c.data}))
		i := only(t, s)
		tok, err := s.Open(t.Context(), i.ID)
		if err != nil {
			t.Fatal(err)
		}
		err = tok.Login(t.Context(), agent.NewSecret([]byte(password)))
		wrong, isPIN := errors.AsType[*agent.PINError](err)
		if c.want == nil && (!isPIN || wrong.Retries != agent.RetriesUnknown) || c.want != nil && (isPIN || !errors.Is(err, c.want)) {
			t.Errorf("%s: Login() = %v, want %v", name, err, c.want)
		}
		if i := only(t, s); !i.Sealed {
			t.Errorf("%s: not sealed though it was never opened", name)
		}
	}
}

// A file in which nothing belongs together is no profile, also where key and
// certificate are of two families and have the same point.
func TestUnpaired(t *testing.T) {
	kazakh := gost.GenerateKey(gost.Kazakh2015)
	all := gost.Supported()
	i := slices.IndexFunc(all, func(p *gost.Params) bool { return p.String() == "GOST R 34.10-2012 512 bit TC26-A" })
	russian := must(gost.NewPrivateKey(all[i], kazakh.Bytes())) // on the same curve
	key, cert := certified(gost.Kazakh2004)
	_, other := certified(gost.Kazakh2004)
	for name, m := range map[string]made{
		"families":          {keys: [][]byte{kazakh.Marshal()}, certificates: [][]byte{ownCertificate(russian)}},
		"families, turned":  {keys: [][]byte{russian.Marshal()}, certificates: [][]byte{ownCertificate(kazakh)}},
		"another's":         {keys: [][]byte{key}, certificates: [][]byte{other}},
		"no key":            {certificates: [][]byte{cert}},
		"an issuer's alone": {keys: [][]byte{key}, certificates: [][]byte{agenttest.TestCA().Certificate().Raw}},
	} {
		s := set(drive(t, map[string][]byte{"GOST.pfx": m.encode(t, password)}))
		tok, err := s.Open(t.Context(), only(t, s).ID)
		if err != nil {
			t.Fatal(err)
		}
		err = tok.Login(t.Context(), agent.NewSecret([]byte(password)))
		if !errors.Is(err, agent.ErrUnpaired) || !errors.Is(err, agent.ErrUnreadable) {
			t.Errorf("%s: Login() = %v, want ErrUnpaired", name, err)
		}
	}
}

// A file that needs no password is not opened with none.
func TestEmptyPassword(t *testing.T) {
	m := everything()
	s := set(drive(t, map[string][]byte{"Key.pfx": m.encode(t, "")}))
	tok, err := s.Open(t.Context(), only(t, s).ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := tok.Login(t.Context(), agent.NewSecret(nil)); !isPINError(err) {
		t.Errorf("Login(empty) = %v, want a PINError", err)
	}
}

func isPINError(err error) bool {
	_, is := errors.AsType[*agent.PINError](err)
	return is
}
