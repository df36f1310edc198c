package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"qoltanba/agent/cms"
	"qoltanba/cmd/refbank/server"
	"qoltanba/cmd/refbank/store"
)

// unsignedOrders are the orders of the page, from above.
func unsignedOrders(w *browser) (ids []string) {
	w.t.Helper()
	_, page := w.get("/unsigned")
	for _, m := range regexp.MustCompile(`<tr data-order="([^"]+)">`).FindAllStringSubmatch(page, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// TestTooManyUnsigned fills in orders and signs none, until the bank takes no more. The
// page has all of them, the oldest first, and the person makes room there.
func TestTooManyUnsigned(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	payments := make([]server.Payment, 1000)
	for i := range payments {
		payments[i] = good
	}
	var made []string
	for range store.MaxUnsigned / len(payments) {
		status, a := w.post("/api/orders", map[string]any{"orders": payments})
		if status != http.StatusCreated {
			t.Fatalf("orders = %d %q", status, a.Error)
		}
		for _, o := range a.Orders {
			made = append(made, o.ID)
		}
	}
	more := map[string]any{"orders": payments[:1]}
	if status, a := w.post("/api/orders", more); status != http.StatusConflict || a.Error != "many-unsigned" || len(a.Orders) > 0 {
		t.Errorf("one order more = %d %+v, want many-unsigned", status, a)
	}
	if got := unsignedOrders(w); fmt.Sprint(got) != fmt.Sprint(made) {
		t.Errorf("the page has %d orders, want all %d that were made, as they were made", len(got), len(made))
	}
	if status, a := w.post("/api/orders/withdraw", map[string]any{"orders": append(made, "x")}); status != http.StatusUnprocessableEntity || a.Error != "invalid" {
		t.Errorf("more withdrawn than there can be = %d %q, want invalid", status, a.Error)
	}
	if status, a := w.post("/api/orders/withdraw", map[string]any{"orders": made[1:]}); status != http.StatusOK {
		t.Errorf("all but one withdrawn = %d %q", status, a.Error)
	}
	if got := unsignedOrders(w); len(got) != 1 || got[0] != made[0] {
		t.Errorf("the page has %q, want %q", got, made[0])
	}
	if status, a := w.post("/api/orders", more); status != http.StatusCreated {
		t.Errorf("an order afterwards = %d %q", status, a.Error)
	}
}

func TestWithdrawnOrder(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	for name, test := range map[string]struct {
		browser *browser
		body    any
		status  int
		word    string
	}{
		"a stranger":     {newBrowser(t, b), map[string]any{"orders": []string{id}}, http.StatusUnauthorized, "no-session"},
		"another client": {login(t, b, b.daniyar), map[string]any{"orders": []string{id}}, http.StatusNotFound, "not-found"},
		"no order":       {w, map[string]any{"orders": []string{}}, http.StatusUnprocessableEntity, "invalid"},
		"one of nobody":  {w, map[string]any{"orders": []string{id, "none"}}, http.StatusNotFound, "not-found"},
	} {
		if status, a := test.browser.post("/api/orders/withdraw", test.body); status != test.status || a.Error != test.word {
			t.Errorf("%s: withdrawn = %d %q, want %d %s", name, status, a.Error, test.status, test.word)
		}
	}
	if got := unsignedOrders(w); len(got) != 1 || got[0] != id {
		t.Errorf("the page has %q, want %q", got, id)
	}
	if status, a := w.post("/api/orders/withdraw", map[string]any{"orders": []string{id}}); status != http.StatusOK {
		t.Fatalf("withdrawn = %d %q", status, a.Error)
	}
	if status, a := submit(w, id, signed(t, b.asel, document, cms.Options{Origin: origin})); status != http.StatusOK || a.Verdict != "refused" || a.Reason != "withdrawn" {
		t.Errorf("signature afterwards = %d %+v, want refused as withdrawn", status, a)
	}
	for lang, want := range map[string]string{"kk": "Кері қайтарып алынды", "ru": "Отозвано", "en": "Withdrawn"} {
		w.send("GET", "/?lang="+lang, "")
		if _, page := w.get("/orders/" + id); !strings.Contains(page, `data-state="withdrawn">`+want+`<`) || strings.Contains(page, `id="sign"`) {
			t.Errorf("%s: the order's page does not say that it was withdrawn, or lets it be signed", lang)
		}
		if _, page := w.get("/unsigned"); strings.Contains(page, id) {
			t.Errorf("%s: the page has the order still", lang)
		}
	}
	accepted, document := makeOrder(w, good)
	submit(w, accepted, signed(t, b.asel, document, cms.Options{Origin: origin}))
	if status, a := w.post("/api/orders/withdraw", map[string]any{"orders": []string{accepted}}); status != http.StatusConflict || a.Error != "accepted" {
		t.Errorf("an accepted one withdrawn = %d %q, want accepted", status, a.Error)
	}
}

// The texts name the number that holds, and the page where room is made.
func TestTextsOfTooManyUnsigned(t *testing.T) {
	b := newBank(t)
	w := login(t, b, b.asel)
	makeOrder(w, good)
	for lang, name := range map[string]string{"kk": "Қол қойылмаған төлемдер", "ru": "Неподписанные платежи", "en": "Unsigned payments"} {
		w.send("GET", "/?lang="+lang, "")
		_, page := w.get("/unsigned")
		_, text, _ := strings.Cut(page, `data-text="error.many-unsigned"`)
		text, _, _ = strings.Cut(text, "</div>")
		_, lead, _ := strings.Cut(page, `class="lead"`)
		lead, _, _ = strings.Cut(lead, "</p>")
		for _, s := range []string{text, lead} {
			if !strings.Contains(s, fmt.Sprint(store.MaxUnsigned)) {
				t.Errorf("%s: no %d in %q", lang, store.MaxUnsigned, s)
			}
		}
		if !strings.Contains(text, name) || !strings.Contains(page, `<h1>`+name+`</h1>`) {
			t.Errorf("%s: the text does not name the page %s", lang, name)
		}
	}
}
