package server_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// TestLoginEndsTheSessionBefore logs in twice in one browser, by each means after each, as
// the same client and as another. The first session's cookie, which somebody else may know,
// is worth nothing afterwards; sessions of other browsers stay.
func TestLoginEndsTheSessionBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		asel, daniyar := b.spectra(t, b.asel), b.spectra(t, b.daniyar)
		byKey := func(p person) func(*browser) bool {
			return func(w *browser) bool {
				status, _ := w.post("/api/login", token(t, p, "ES256", origin, challenge(w)))
				return status == http.StatusOK
			}
		}
		byCode := func(p person, code func(int) string) func(*browser) bool {
			return func(w *browser) bool {
				nextStep(t)
				return loginByCode(w, p.UserID, code(0)) == ""
			}
		}
		logins := map[string]func(*browser) bool{
			"key": byKey(b.asel), "code": byCode(b.asel, asel.Code),
			"another's key": byKey(b.daniyar), "another's code": byCode(b.daniyar, daniyar.Code),
		}
		for before, first := range logins {
			for after, second := range logins {
				w, elsewhere := newBrowser(t, b), newBrowser(t, b)
				if !first(w) || !first(elsewhere) {
					t.Fatalf("login by %s was refused", before)
				}
				old := w.cookies["__Host-session"]
				w.post("/api/login", token(t, b.asel, "ES256", "https://evil.example", challenge(w)))
				loginByCode(w, b.asel.UserID, "none")
				if status, _ := w.get("/payments"); status != http.StatusOK {
					t.Errorf("after refused logins the session of the login by %s = %d, want 200", before, status)
				}
				if !second(w) {
					t.Fatalf("login by %s after one by %s was refused", after, before)
				}
				if now := w.cookies["__Host-session"]; now == nil || now.Value == old.Value {
					t.Errorf("login by %s after one by %s has the cookie of before", after, before)
				}
				if status, _ := w.get("/payments"); status != http.StatusOK {
					t.Errorf("session of the login by %s = %d, want 200", after, status)
				}
				thief := newBrowser(t, b)
				thief.cookies[old.Name] = old
				if _, page := thief.get("/"); strings.Contains(page, `id="signed-in"`) {
					t.Errorf("the session of the login by %s lives on after the one by %s", before, after)
				}
				if status, _ := elsewhere.get("/payments"); status != http.StatusOK {
					t.Errorf("session in another browser after the login by %s = %d, want 200", after, status)
				}
			}
		}
	})
}

// A browser may show a cookie that somebody planted, or none that is one.
func TestLoginIgnoresPlantedCookies(t *testing.T) {
	b := newBank(t)
	daniyar := login(t, b, b.daniyar)
	for _, planted := range []string{"", "x", strings.Repeat("A", 4000)} {
		w := newBrowser(t, b)
		w.cookies["__Host-session"] = &http.Cookie{Name: "__Host-session", Value: planted}
		if status, _ := w.post("/api/login", token(t, b.asel, "ES256", origin, challenge(w))); status != http.StatusOK || w.cookies["__Host-session"].Value == planted {
			t.Errorf("login with the cookie %.10q = %d, or the session has it", planted, status)
		}
	}
	if status, _ := daniyar.get("/payments"); status != http.StatusOK {
		t.Errorf("session of another client = %d, want 200", status)
	}
}
