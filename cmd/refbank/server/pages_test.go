package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"qoltanba/agent/cms"
)

var textKey = regexp.MustCompile(`data-text="([^"]+)"`)

// knownText tells whether pages carry a text for scripts under that key.
func knownText(w *browser, key string) bool {
	w.t.Helper()
	_, page := w.get("/")
	for _, m := range textKey.FindAllStringSubmatch(page, -1) {
		if m[1] == key {
			return true
		}
	}
	return false
}

func TestPages(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	submit(w, id, []byte("refused"))
	submit(w, id, signed(t, b.asel, document, cms.Options{Origin: origin}))
	waiting, _ := makeOrder(w, good)

	audience := map[string]struct{ header, title string }{
		"kk": {`<span class="audience">Заңды тұлғаларға</span>`, "<h1>Заңды тұлғаларға арналған интернет-банк</h1>"},
		"ru": {`<span class="audience">Юридическим лицам</span>`, "<h1>Интернет-банк для юридических лиц</h1>"},
		"en": {`<span class="audience">For legal entities</span>`, "<h1>Internet banking for legal entities</h1>"},
	}
	seen := map[string]string{} // page and language by content
	for _, lang := range []string{"kk", "ru", "en"} {
		w.send("GET", "/?lang="+lang, "")
		stranger := newBrowser(t, b)
		stranger.send("GET", "/?lang="+lang, "")
		for _, test := range []struct {
			name    string
			browser *browser
			path    string
			status  int
			has     []string
		}{
			{"K126 home", stranger, "/", 200, []string{`id="login"`, audience[lang].header, audience[lang].title}},
			{"K126 home of a client", w, "/", 200, []string{`id="signed-in"`, `id="logout"`, audience[lang].header}},
			{"new order", w, "/orders/new", 200, []string{`id="new-order"`, `id="create"`, `name="payee"`, `name="iban"`, `name="bic"`,
				`name="amount"`, `name="currency"`, `name="knp"`, `name="purpose"`, `data-error-for="iban"`}},
			{"order", w, "/orders/" + waiting, 200, []string{`id="sign"`, `data-order="` + waiting + `"`, `data-state="issued"`}},
			{"accepted order", w, "/orders/" + id, 200, []string{`data-state="accepted"`}},
			{"batch", w, "/batch", 200, []string{`id="batch-samples"`, `id="batch-add"`, `id="batch-sign"`, `id="batch-rows"`, `id="batch-count"`, `id="batch-total"`, `id="batch-progress"`}},
			{"unsigned", w, "/unsigned", 200, []string{`<tr data-order="` + waiting + `"`, `id="all"`, `id="withdraw"`}},
			{"payments", w, "/payments", 200, []string{`data-verdict="accepted"`, `data-verdict="refused" data-reason="format"`}},
			{"no such order", w, "/orders/none", 404, []string{`data-word="not-found"`}},
		} {
			t.Run(lang+" "+test.name, func(t *testing.T) {
				status, page := test.browser.get(test.path)
				if status != test.status {
					t.Fatalf("status = %d, want %d: %s", status, test.status, page)
				}
				if strings.Contains(page, "ZgotmplZ") || !strings.HasSuffix(page, "</html>\n") {
					t.Error("the page is broken")
				}
				for _, want := range append(test.has, `<html lang="`+lang+`">`, `id="status"`, `data-lang="kk"`) {
					if !strings.Contains(page, want) {
						t.Errorf("no %s in the page", want)
					}
				}
				if before, ok := seen[page]; ok {
					t.Errorf("the same page as %s", before)
				}
				seen[page] = lang + " " + test.name
				checkSources(t, page)
			})
		}
	}
}

// checkSources refuses what the content security policy would block: inline
// scripts, styles and handlers, and resources of other sites.
func checkSources(t *testing.T, page string) {
	t.Helper()
	for _, bad := range []string{`<script[^>]*>[^<]`, `<style`, `\sstyle=`, `\son[a-z]+=`, `(src|href)="(https?:)?//`, `javascript:`} {
		if m := regexp.MustCompile(bad).FindString(page); m != "" {
			t.Errorf("the page has %q", m)
		}
	}
}

func TestLanguageOfTheBrowser(t *testing.T) {
	b := newBank(t)
	for header, want := range map[string]string{
		"": "kk", "de-DE,de;q=0.9": "kk", "ru-KZ,ru;q=0.9,en;q=0.8": "ru", "en-US": "en", "de, EN;q=0.5": "en", "kk": "kk",
	} {
		w := newBrowser(t, b)
		w.headers["Accept-Language"] = header
		if _, page := w.get("/"); !strings.Contains(page, `<html lang="`+want+`">`) {
			t.Errorf("Accept-Language %q: not in %s", header, want)
		}
	}
	w := newBrowser(t, b)
	if response, _ := w.send("GET", "/?lang=xx", ""); response.StatusCode != http.StatusOK || w.cookies["lang"] != nil {
		t.Errorf("an unknown language: %d, cookie %v", response.StatusCode, w.cookies["lang"])
	}
}

func TestSecurityHeaders(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	for _, path := range []string{"/", "/batch", "/none", "/orders/none", "/static/page.js", "/sdk/client.js", "/api/orders/none/document"} {
		response, _ := w.send("GET", path, "")
		h := response.Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self' ws://127.0.0.1:13591 ws://127.0.0.1:13592;", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("GET %s: no %q in the policy %q", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("GET %s: unsafe policy %q", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
			"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("GET %s: %s = %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestFilesOfThePages(t *testing.T) {
	w := newBrowser(t, newBank(t))
	for path, want := range map[string]string{
		"/static/style.css": "text/css; charset=utf-8", "/static/page.js": "text/javascript; charset=utf-8",
		"/static/icon.svg": "image/svg+xml", "/sdk/client.js": "text/javascript; charset=utf-8",
	} {
		response, body := w.send("GET", path, "")
		if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != want || body == "" {
			t.Errorf("GET %s = %d %s, want %s", path, response.StatusCode, got, want)
		}
	}
	for _, path := range []string{"/static/", "/static", "/sdk/", "/static/..%2ftemplates%2fhome.html", "/static/none.js"} {
		if status, _ := w.get(path); status == http.StatusOK {
			t.Errorf("GET %s is served", path)
		}
	}
}
