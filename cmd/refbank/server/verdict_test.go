package server_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/cms"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/server"
)

// signed returns a CAdES message of the person over the document.
func signed(t testing.TB, p person, document []byte, o cms.Options) []byte {
	t.Helper()
	der, err := cms.Sign(cms.Signer{Key: p.key, Certificate: p.cert}, document, o)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func submit(w *browser, id string, der []byte) (int, answer) {
	w.t.Helper()
	return w.post("/api/orders/"+id+"/signature", map[string]any{"cms": der})
}

// payments returns the verdicts in the list, newest first, as "accepted" or
// "refused:reason".
func payments(w *browser, order string) []string {
	w.t.Helper()
	_, page := w.get("/payments")
	var list []string
	for _, row := range strings.Split(page, "<tr ")[1:] {
		if attribute(row, "data-order") != order {
			continue
		}
		verdict := attribute(row, "data-verdict")
		if reason := attribute(row, "data-reason"); reason != "" {
			verdict += ":" + reason
		}
		list = append(list, verdict)
	}
	return list
}

// attribute returns the first value of an attribute in a piece of a page.
func attribute(piece, name string) string {
	tag, _, _ := strings.Cut(piece, ">")
	_, value, _ := strings.Cut(tag, name+`="`)
	value, _, _ = strings.Cut(value, `"`)
	return value
}

func TestSignatureAccepted(t *testing.T) {
	for name, key := range map[string]crypto.Signer{"P-256": ecKey(t, elliptic.P256()), "RSA-2048": rsaKey(t)} {
		for _, detached := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s detached %v", name, detached), func(t *testing.T) {
				b := newBank(t)
				p := b.register(t, "qq777777_signerab", "ТЕСТОВА", key)
				algorithm := map[string]string{"P-256": "ES256", "RSA-2048": "RS256"}[name]
				w := newBrowser(t, b)
				w.post("/api/login", token(t, p, algorithm, origin, challenge(w)))

				id, document := makeOrder(w, good)
				der := signed(t, p, document, cms.Options{Detached: detached, Origin: origin})
				if status, a := submit(w, id, der); status != http.StatusOK || a.Verdict != "accepted" {
					t.Fatalf("verdict = %d %+v, want accepted", status, a)
				}
				if got := fmt.Sprint(payments(w, id)); got != "[accepted]" {
					t.Errorf("list = %s, want [accepted]", got)
				}
				if _, page := w.get("/orders/" + id); !strings.Contains(page, `data-state="accepted"`) || strings.Contains(page, `id="sign"`) {
					t.Error("the page of the order still waits for a signature")
				}
				opensslVerifies(t, b.dir, id, document, detached)
			})
		}
	}
}

// opensslVerifies checks the exported files from outside.
func opensslVerifies(t *testing.T, dir, id string, document []byte, detached bool) {
	t.Helper()
	name := filepath.Join(dir, "signed", id)
	if exported, err := os.ReadFile(name + ".xml"); err != nil || !bytes.Equal(exported, document) {
		t.Errorf("exported document: %v, %d bytes, want %d", err, len(exported), len(document))
	}
	openssl := need.Program(t, "openssl")
	args := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", name + ".p7s",
		"-CAfile", filepath.Join(dir, "ca", ca.ChainFile)}
	if detached {
		args = append(args, "-content", name+".xml")
	}
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), openssl, args...)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil || !bytes.Equal(stdout.Bytes(), document) {
		t.Errorf("openssl: %v\n%s", err, stderr.String())
	}
}

func TestSignatureRefused(t *testing.T) {
	foreign, err := ca.Open(t.TempDir() + "/ca")
	if err != nil {
		t.Fatal(err)
	}
	ours := cms.Options{Origin: origin}
	for _, test := range []struct {
		name string
		sign func(t *testing.T, b *bank, document []byte) []byte
		want string
	}{
		{"altered document", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.asel, bytes.Replace(document, []byte("12500.50"), []byte("92500.50"), 2), ours)
		}, "document"},
		{"altered document, detached", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.asel, append(document, '\n'), cms.Options{Origin: origin, Detached: true})
		}, "document"},
		{"altered inside the message", func(t *testing.T, b *bank, document []byte) []byte {
			return bytes.Replace(signed(t, b.asel, document, ours), []byte("12500.50"), []byte("92500.50"), 2)
		}, "document"},
		{"another order", func(t *testing.T, b *bank, _ []byte) []byte {
			_, other := makeOrder(login(t, b, b.asel), good)
			return signed(t, b.asel, other, ours)
		}, "document"},
		{"other client", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.daniyar, document, ours)
		}, "signer"},
		{"other origin", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.asel, document, cms.Options{Origin: "https://evil.example"})
		}, "origin"},
		{"no origin", func(t *testing.T, b *bank, document []byte) []byte {
			return signed(t, b.asel, document, cms.Options{})
		}, "origin"},
		{"foreign CA", func(t *testing.T, b *bank, document []byte) []byte {
			p := b.asel
			cert, err := foreign.IssueClient(p.key.Public(), ca.Subject{Surname: p.Surname}, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			p.cert = cert
			return signed(t, p, document, ours)
		}, "certificate"},
		{"certificate for digitalSignature only", func(t *testing.T, b *bank, document []byte) []byte {
			p := b.asel
			cert, err := b.ca.IssueServer(p.key.Public(), "localhost")
			if err != nil {
				t.Fatal(err)
			}
			p.cert = cert
			return signed(t, p, document, ours)
		}, "certificate"},
		{"last bit of the signature", func(t *testing.T, b *bank, document []byte) []byte {
			der := signed(t, b.asel, document, ours)
			der[len(der)-1] ^= 1
			return der
		}, "signature"},
		{"no message", func(*testing.T, *bank, []byte) []byte { return []byte("hello") }, "format"},
		{"nothing", func(*testing.T, *bank, []byte) []byte { return []byte{} }, "format"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBank(t)
			b.refusesSignature(t, login(t, b, b.asel), test.sign, test.want)
		})
	}
}

// refusesSignature demands that what sign makes of a new order is refused, and does no
// harm to the order.
func (b *bank) refusesSignature(t *testing.T, w *browser, sign func(t *testing.T, b *bank, document []byte) []byte, want string) {
	t.Helper()
	id, document := makeOrder(w, good)
	intermediates := b.Intermediates
	der := sign(t, b, bytes.Clone(document))
	if status, a := submit(w, id, der); status != http.StatusOK || a.Verdict != "refused" || a.Reason != want {
		t.Fatalf("verdict = %d %+v, want refused: %s", status, a, want)
	}
	if got := fmt.Sprint(payments(w, id)); got != "[refused:"+want+"]" {
		t.Errorf("list = %s", got)
	}
	if left, _ := filepath.Glob(filepath.Join(b.dir, "signed", "*")); left != nil {
		t.Errorf("exported although refused: %v", left)
	}
	b.Intermediates = intermediates
	if _, a := submit(w, id, signed(t, b.asel, document, cms.Options{Origin: origin})); a.Verdict != "accepted" {
		t.Errorf("good signature afterwards = %+v, want accepted", a)
	}
}

func TestReasonsHaveTexts(t *testing.T) {
	w := newBrowser(t, newBank(t))
	for _, reason := range server.Reasons() {
		if !knownText(w, "reason."+reason) {
			t.Errorf("no text for %q", reason)
		}
	}
}

func TestExpiredCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		b.certify(t, &b.asel, b.ca, 10*time.Minute)
		w := login(t, b, b.asel)
		id, document := makeOrder(w, good)
		der := signed(t, b.asel, document, cms.Options{Origin: origin})
		time.Sleep(11 * time.Minute)
		if _, a := submit(w, id, der); a.Reason != "certificate" {
			t.Errorf("verdict = %+v, want refused: certificate", a)
		}
	})
}

func TestOrderAcceptedOnce(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	for _, want := range []string{"", "accepted-before", "accepted-before"} {
		if _, a := submit(w, id, signed(t, b.asel, document, cms.Options{Origin: origin})); a.Reason != want {
			t.Errorf("verdict = %+v, want %q", a, want)
		}
	}
	if got := fmt.Sprint(payments(w, id)); got != "[refused:accepted-before refused:accepted-before accepted]" {
		t.Errorf("list = %s, want [refused:accepted-before refused:accepted-before accepted]", got)
	}
}

func TestDoubleSubmit(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	verdicts := make([]answer, 16)
	var all sync.WaitGroup
	for i := range verdicts {
		mine := newBrowser(t, b)
		mine.cookies["__Host-session"] = w.cookies["__Host-session"]
		der := signed(t, b.asel, document, cms.Options{Origin: origin})
		all.Go(func() { _, verdicts[i] = submit(mine, id, der) })
	}
	all.Wait()
	accepted := 0
	for _, a := range verdicts {
		if a.Verdict == "accepted" {
			accepted++
		} else if a.Reason != "accepted-before" {
			t.Errorf("verdict = %+v", a)
		}
	}
	if accepted != 1 {
		t.Errorf("accepted %d times, want 1", accepted)
	}
}

func TestBatch(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	_, a := w.post("/api/orders", map[string]any{"orders": []server.Payment{good, good, good}})
	type one struct {
		Order string `json:"order"`
		CMS   []byte `json:"cms"`
	}
	var batch []one
	for _, o := range a.Orders {
		_, document := w.get("/api/orders/" + o.ID + "/document")
		batch = append(batch, one{o.ID, signed(t, b.asel, []byte(document), cms.Options{Origin: origin})})
	}
	batch[1].CMS = batch[0].CMS
	status, got := w.post("/api/signatures", map[string]any{"signatures": batch})
	if status != http.StatusOK || len(got.Results) != 3 {
		t.Fatalf("batch = %d %+v", status, got)
	}
	for i, want := range []string{"accepted", "refused document", "accepted"} {
		r := got.Results[i]
		if verdict := strings.TrimSpace(r.Verdict + " " + r.Reason); verdict != want || r.Order != batch[i].Order {
			t.Errorf("result %d = %+v, want %s", i, r, want)
		}
	}
}

func TestSignatureForAnotherClientsOrder(t *testing.T) {
	b := newBank(t)
	id, document := makeOrder(login(t, b, b.asel), good)
	w := login(t, b, b.daniyar)
	der := signed(t, b.daniyar, document, cms.Options{Origin: origin})
	if status, a := submit(w, id, der); status != http.StatusNotFound || a.Error != "not-found" {
		t.Errorf("signature = %d %+v, want not-found", status, a)
	}
	if status, _ := w.post("/api/signatures", map[string]any{"signatures": []map[string]string{
		{"order": id, "cms": base64.StdEncoding.EncodeToString(der)},
	}}); status != http.StatusNotFound {
		t.Errorf("batch = %d, want 404", status)
	}
}
