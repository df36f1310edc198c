package server_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/devicetest"
)

func (b *bank) desk() desk.Desk { return desk.Desk{CA: b.ca, Store: b.store} }

// ownerOf is a person who was identified in the branch.
func ownerOf(p person) desk.Owner { return desk.Owner{How: desk.Branch, IIN: p.IIN} }

// spectra hands out a SpectraNet token.
func (b *bank) spectra(t testing.TB, p person) *devicetest.Spectra {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token.pskc")
	issued, err := b.desk().IssueSpectra(t.Context(), p.UserID, ownerOf(p), file)
	if err != nil {
		t.Fatal(err)
	}
	return devicetest.NewSpectra(t, file, issued.Password)
}

func (b *bank) mobiPass(t testing.TB, p person) devicetest.MobiPass {
	t.Helper()
	issued, err := b.desk().IssueMobiPass(t.Context(), p.UserID, ownerOf(p))
	if err != nil {
		t.Fatal(err)
	}
	return devicetest.NewMobiPass(t, issued.Parts)
}

// loginByCode returns "" for success, or the word of the refusal.
func loginByCode(w *browser, user, code string) string {
	w.t.Helper()
	status, a := w.post("/api/login/code", map[string]string{"user": user, "code": code})
	if want, ok := map[string]int{"": 200, "code": 401, "code-wait": 429}[a.Error]; !ok || status != want || (a.Company == "") != (a.Error != "") {
		w.t.Fatalf("login by code = %d %+v", status, a)
	}
	return a.Error
}

// confirm returns the verdict about a token's code, or about a MobiPass's value, as
// "accepted" or "refused:reason", or the word of the refusal to look at it.
func confirm(w *browser, path, field, code string) string {
	w.t.Helper()
	status, a := w.post(path, map[string]string{field: code})
	switch {
	case status != http.StatusOK:
		return a.Error
	case a.Reason != "":
		return a.Verdict + ":" + a.Reason
	}
	return a.Verdict
}

func confirmByCode(w *browser, order, code string) string {
	w.t.Helper()
	return confirm(w, "/api/orders/"+order+"/code", "code", code)
}

// nextStep waits until codes are others and the half minute is young.
func nextStep(t *testing.T) {
	t.Helper()
	now := time.Now()
	time.Sleep(now.Truncate(otp.SpectraInterval).Add(otp.SpectraInterval + time.Second).Sub(now))
}

func TestLoginByCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		token, other := b.spectra(t, b.asel), b.spectra(t, b.daniyar)
		nextStep(t)
		w := newBrowser(t, b)
		if got := loginByCode(w, b.asel.UserID, token.Code(0)[:3]+" "+token.Code(0)[3:]); got != "" {
			t.Fatalf("S5 S8 login by the code = %s, want no error", got)
		}
		session := w.cookies["__Host-session"]
		if session == nil || !session.Secure || !session.HttpOnly || session.SameSite != http.SameSiteStrictMode {
			t.Errorf("session cookie = %v", session)
		}
		for _, path := range []string{"/", "/payments", "/orders/new", "/batch"} {
			if status, page := w.get(path); status != http.StatusOK || !strings.Contains(page, `data-user="`+b.asel.UserID+`"`) {
				t.Errorf("S70 GET %s = %d, or not as Asel", path, status)
			}
		}

		nextStep(t)
		b.register(t, "qq444444_notokens", "ТЕСТ", ecKey(t, elliptic.P256()))
		used := token.Code(0)
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, used); got != "" {
			t.Fatalf("login by the next code = %s, want no error", got)
		}
		for _, test := range []struct{ name, user, code string }{
			{"S3 code was used", b.asel.UserID, used},
			{"S9 wrong code", b.asel.UserID, wrong(token.Code(1))},
			{"S11 code of another's token", b.asel.UserID, other.Code(0)},
			{"S4 five of six digits", b.asel.UserID, token.Code(1)[:5]},
			{"S9 no code", b.asel.UserID, ""},
			{"no such client", "qq000000_nobodyno", token.Code(1)},
			{"client without a token", "qq444444_notokens", token.Code(1)},
			{"name that nobody has", strings.Repeat("q", 600), token.Code(1)},
		} {
			w := newBrowser(t, b)
			response, body := w.send("POST", "/api/login/code", map[string]string{"user": test.user, "code": test.code})
			if response.StatusCode != http.StatusUnauthorized || body != `{"error":"code"}`+"\n" || len(w.cookies) > 0 {
				t.Errorf("%s: %d %s %v, want what all are told", test.name, response.StatusCode, body, w.cookies)
			}
		}

		for steps, want := range map[int]string{-2: "code", -1: "", 1: "", 2: "code"} {
			time.Sleep(time.Hour) // no code is used yet
			if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(steps)); got != want {
				t.Errorf("S2 S12 login by the code of %d steps later = %q, want %q", steps, got, want)
			}
		}
	})
}

// wrong is another value of the same form.
func wrong(code string) string { return string('0'+(code[0]-'0'+1)%10) + code[1:] }

func TestWrongCodesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		token := b.spectra(t, b.asel)
		for _, user := range []string{b.asel.UserID, "qq000000_nobodyno"} {
			nextStep(t)
			w := newBrowser(t, b)
			for range 5 {
				if got := loginByCode(w, user, "none"); got != "code" {
					t.Fatalf("%s: %s", user, got)
				}
			}
			response, _ := w.send("POST", "/api/login/code", map[string]string{"user": user, "code": token.Code(0)})
			if response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") != "31" {
				t.Errorf("%s: right code too early = %d, %q", user, response.StatusCode, response.Header.Get("Retry-After"))
			}
		}
		time.Sleep(time.Minute)
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(0)); got != "" {
			t.Fatalf("S12 right code after the wait = %s, want no error", got)
		}
	})
}

// TestStrangersWrongCodes has a stranger send wrong codes from an address of his own. The
// owner's next code is right, at once and after any number of them.
func TestStrangersWrongCodes(t *testing.T) {
	for stranger, owner := range map[string]string{
		"198.51.100.7:1": "192.0.2.1:1", "[2001:db8:0:1::7]:1": "[2001:db8:0:102::7]:1", "[::ffff:198.51.100.7]:1": "[::ffff:192.0.2.1]:1",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBank(t)
			token := b.spectra(t, b.asel)
			nextStep(t)
			for n := range 2 * otp.CodeTries {
				time.Sleep(time.Hour)
				w := newBrowser(t, from{b, stranger})
				if got := loginByCode(w, b.asel.UserID, "none"); got != "code" {
					t.Fatalf("wrong code %d: %s", n, got)
				}
			}
			for range 5 {
				loginByCode(newBrowser(t, from{b, stranger}), b.asel.UserID, "none")
			}
			near := strings.NewReplacer("198.51.100.7]", "198.51.100.7%eth0]", ":1::7]", ":ff:aaaa::8]").Replace(stranger)
			if got := loginByCode(newBrowser(t, from{b, near}), b.asel.UserID, token.Code(0)); got != "code-wait" {
				t.Errorf("right code from %s, the network of %s = %q, want code-wait", near, stranger, got)
			}
			if got := loginByCode(newBrowser(t, from{b, owner}), b.asel.UserID, token.Code(0)); got != "" {
				t.Errorf("S8 S9 the owner's code from %s after a stranger's wrong ones = %s, want no error", owner, got)
			}
		})
	}
}

// from serves requests as if they came from an address.
type from struct {
	http.Handler
	address string
}

func (f from) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.RemoteAddr = f.address
	r.Header.Set("X-Forwarded-For", rand.Text()) // anybody can write that
	f.Handler.ServeHTTP(w, r)
}

// TestWrongOrderCodesBlock: who is logged in gives the wrong codes.
func TestWrongOrderCodesBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		token := b.spectra(t, b.asel)
		nextStep(t)
		w := login(t, b, b.asel)
		id, _ := makeOrder(w, good)
		for n := range otp.CodeTries {
			if got := confirmByCode(w, id, "none"); got != "refused:code" {
				t.Fatalf("S10 wrong code %d: %s", n, got)
			}
		}
		if got := confirmByCode(w, id, token.Code(0)); got != "no-session" {
			t.Errorf("S10 right code after %d wrong ones = %s, want no-session", otp.CodeTries, got)
		}
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(0)); got != "code" {
			t.Errorf("S9 login after %d wrong codes = %q, want refused", otp.CodeTries, got)
		}
		// The way out is a new token.
		token = b.spectra(t, b.asel)
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(0)); got != "" {
			t.Errorf("S67 code of the new token = %s, want no error", got)
		}
	})
}

func TestOrderByCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		token := b.spectra(t, b.asel)
		nextStep(t)
		w := newBrowser(t, b)
		first := token.Code(0)
		loginByCode(w, b.asel.UserID, first)
		id, document := makeOrder(w, good)
		if _, page := w.get("/orders/" + id); !strings.Contains(page, `id="code-confirm"`) || strings.Contains(page, `id="mobipass"`) || strings.Contains(page, "data-means") {
			t.Error("the page of the order does not ask for a code")
		}
		if got := confirmByCode(w, id, first); got != "refused:code" {
			t.Errorf("S7 the login's code for an order = %s, want refused:code", got)
		}
		if got := confirmByCode(w, id, wrong(token.Code(1))); got != "refused:code" {
			t.Errorf("S10 wrong code = %s, want refused:code", got)
		}
		if _, page := w.get("/orders/" + id); !strings.Contains(page, `data-state="issued"`) {
			t.Error("S10 the order is not waiting after refusals")
		}
		second := token.Code(1) // within the same half minute
		if got := confirmByCode(w, id, second); got != "accepted" {
			t.Fatalf("S6 S7 the next code = %s, want accepted", got)
		}
		if got := fmt.Sprint(payments(w, id)); got != "[accepted refused:code refused:code]" {
			t.Errorf("list = %s, want [accepted refused:code refused:code]", got)
		}
		if _, page := w.get("/payments"); strings.Count(page, `data-means="spectranet"`) != 3 {
			t.Error("the list does not say that these were codes")
		}
		if _, page := w.get("/orders/" + id); !strings.Contains(page, `data-state="accepted" data-means="spectranet"`) || strings.Contains(page, `id="by-code"`) {
			t.Error("the page of the order does not say how it was confirmed")
		}
		next, _ := makeOrder(w, good)
		if got := confirmByCode(w, next, second); got != "refused:code" {
			t.Errorf("S3 S6 the code of another order = %s, want refused:code", got)
		}
		nextStep(t)
		nextStep(t)
		third := token.Code(0)
		if got := confirmByCode(w, id, third); got != "refused:accepted-before" {
			t.Errorf("a code for an accepted order = %s, want refused:accepted-before", got)
		}
		if _, a := submit(w, id, signed(t, b.asel, document, cms.Options{Origin: origin})); a.Reason != "accepted-before" {
			t.Errorf("a signature for an accepted order = %+v, want accepted-before", a)
		}
		if got := confirmByCode(w, next, third); got != "accepted" {
			t.Errorf("S6 a code that was not looked at = %s, want accepted", got)
		}
		// Nothing was signed, so nothing is there to be verified from outside.
		if files, err := os.ReadDir(filepath.Join(b.dir, "signed")); err == nil && len(files) > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("exported: %v, %v", files, err)
		}
		openBank(t, b.dir)
		if files, err := os.ReadDir(filepath.Join(b.dir, "signed")); err == nil && len(files) > 0 {
			t.Errorf("exported at the next start: %v", files)
		}

		stranger := login(t, b, b.daniyar)
		other, _ := makeOrder(stranger, good)
		if _, page := stranger.get("/orders/" + other); strings.Contains(page, `id="code-confirm"`) {
			t.Error("a client without a token is asked for a code")
		}
		time.Sleep(5 * time.Minute)
		w = newBrowser(t, b)
		loginByCode(w, b.asel.UserID, token.Code(0))
		if got := confirmByCode(w, other, token.Code(1)); got != "not-found" {
			t.Errorf("another client's order = %s, want not-found", got)
		}
		if got := confirmByCode(stranger, other, token.Code(1)); got != "refused:code" {
			t.Errorf("S11 another client's code = %s, want refused:code", got)
		}
	})
}

func TestBlockedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		old := b.spectra(t, b.asel)
		nextStep(t)
		w := newBrowser(t, b)
		loginByCode(w, b.asel.UserID, old.Code(0))
		id, _ := makeOrder(w, good)
		byKey := login(t, b, b.asel)

		if serial, err := b.desk().BlockSpectra(t.Context(), b.asel.UserID); err != nil || serial != old.Serial() {
			t.Fatalf("BlockSpectra = %s, %v", serial, err)
		}
		for name, w := range map[string]*browser{"code": w, "key": byKey} {
			if got := confirmByCode(w, id, old.Code(1)); got != "no-session" {
				t.Errorf("S69 an order in a session opened by %s = %s, want no-session", name, got)
			}
		}
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, old.Code(1)); got != "code" {
			t.Errorf("S69 login = %q, want code", got)
		}
		byKey = login(t, b, b.asel)
		if got := confirmByCode(byKey, id, old.Code(1)); got != "refused:code" {
			t.Errorf("S69 order = %s, want refused:code", got)
		}
		if _, err := b.desk().Unlock(t.Context(), old.Serial(), ownerOf(b.asel), old.Lock()); !errors.Is(err, otp.ErrBlocked) {
			t.Errorf("S69 Unlock = %v, want ErrBlocked", err)
		}

		second := b.spectra(t, b.asel)
		third := b.spectra(t, b.asel)
		if second.Serial() == third.Serial() || second.Serial() == old.Serial() {
			t.Error("S67 serial numbers come twice")
		}
		time.Sleep(5 * time.Minute)
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, second.Code(0)); got != "code" {
			t.Errorf("S67 S1 login by the token before = %q, want code", got)
		}
		if got := loginByCode(newBrowser(t, b), b.asel.UserID, third.Code(0)); got != "" {
			t.Errorf("S67 login by the new token = %s, want no error", got)
		}
		byKey = login(t, b, b.asel)
		if got := confirmByCode(byKey, id, second.Code(1)); got != "refused:code" {
			t.Errorf("S67 order by the token before = %s, want refused:code", got)
		}
		if got := confirmByCode(byKey, id, third.Code(1)); got != "accepted" {
			t.Errorf("S67 order by the new token = %s, want accepted", got)
		}
	})
}
