package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"qoltanba/cmd/refbank/devicetest"
)

// A bank's process is killed when the verdict is made and the first byte of the answer
// would be sent. What it had counted, used up or accepted stays so.
func TestKilledAfterCode(t *testing.T) {
	b := newBank(t)
	token, mobi := b.spectra(t, b.asel), b.mobiPass(t, b.asel)
	w := login(t, b, b.asel)
	die := func(path, body string) {
		t.Helper()
		dieAnswering(t, b, w, path, body)
		b = openBank(t, b.dir)
		w.handler = b
	}
	asel := b.asel

	code := token.Code(0)
	die("/api/login/code", `{"user": "`+asel.UserID+`", "code": "`+code+`"}`)
	if got := loginByCode(newBrowser(t, b), asel.UserID, code); got != "code" {
		t.Errorf("S3 the code of a login that was not answered = %q, want refused", got)
	}
	if status, _ := w.get("/payments"); status != http.StatusSeeOther {
		t.Errorf("the session before a login that was not answered = %d, want 303: it ended", status)
	}
	w = login(t, b, asel)
	id, _ := makeOrder(w, good)
	next := token.Code(1)
	die("/api/orders/"+id+"/code", `{"code": "`+next+`"}`)
	if got := fmt.Sprint(payments(w, id)); got != "[accepted]" {
		t.Errorf("S6 the order = %s, want [accepted]", got)
	}
	if got := confirmByCode(w, id, next); got != "refused:accepted-before" {
		t.Errorf("S3 the same code for the same order = %s, want refused:accepted-before", got)
	}
	other, _ := makeOrder(w, good)
	if got := confirmByCode(w, other, next); got != "refused:code" {
		t.Errorf("S3 the same code for another order = %s, want refused:code", got)
	}

	number := issueNumber(w, other)
	value := mobi.Value(devicetest.PIN, number)
	for range 2 {
		die("/api/orders/"+other+"/mobipass/value", `{"value": "`+wrong(value)+`"}`)
	}
	if issueNumber(w, other) != number {
		t.Error("M39 another code number for the same document after a kill")
	}
	die("/api/orders/"+other+"/mobipass/value", `{"value": "`+wrong(value)+`"}`)
	if got := confirmByValue(w, other, value); got != "mobipass" {
		t.Errorf("M48 M49 right value after three wrong ones that were not answered = %s, want mobipass", got)
	}

	mobi = b.mobiPass(t, asel)
	die("/api/orders/"+other+"/mobipass", `{}`)
	number = issueNumber(w, other)
	value = mobi.Value(devicetest.PIN, number)
	die("/api/orders/"+other+"/mobipass/value", `{"value": "`+value+`"}`)
	if got := fmt.Sprint(payments(w, other)); !strings.HasPrefix(got, "[accepted ") {
		t.Errorf("M44 the order = %s, want accepted", got)
	}
	if got := confirmByValue(w, other, value); got != "refused:accepted-before" {
		t.Errorf("M51 the same value = %s, want refused:accepted-before", got)
	}
}

// wire sends the requests of a browser to a server over the network.
type wire struct {
	t       testing.TB
	address string
}

func newWire(t testing.TB, h http.Handler) wire {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return wire{t, server.Listener.Addr().String()}
}

func (c wire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", c.address
	r.Host = strings.TrimPrefix(origin, "https://")
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	if _, err := io.Copy(w, response.Body); err != nil {
		c.t.Error(err)
	}
}

// atOnce counts what n requests answer that are sent in parallel.
func atOnce(n int, send func(i int) string) map[string]int {
	var mu sync.Mutex
	var calls sync.WaitGroup
	answers := map[string]int{}
	for i := range n {
		calls.Go(func() {
			answer := send(i)
			mu.Lock()
			defer mu.Unlock()
			answers[answer]++
		})
	}
	calls.Wait()
	return answers
}

// TestSameCodeAtOnce sends the same code many times at once over the network to two
// servers that have the database open: exactly one is accepted.
func TestSameCodeAtOnce(t *testing.T) {
	const many = 8
	b := newBank(t)
	token, mobi := b.spectra(t, b.asel), b.mobiPass(t, b.asel)
	servers := []http.Handler{newWire(t, b), newWire(t, openBank(t, b.dir))}

	// Four wrong codes in a row make nobody wait.
	code := token.Code(0)
	if got := atOnce(4, func(i int) string {
		return loginByCode(newBrowser(t, servers[i%2]), b.asel.UserID, code)
	}); got[""] != 1 || got["code"] != 3 {
		t.Errorf("S3 S5 logins by one code = %v, want one accepted", got)
	}

	w := login(t, b, b.asel)
	browsers, orders := make([]*browser, many), make([]string, many)
	for i := range many {
		orders[i], _ = makeOrder(w, good)
		browsers[i] = newBrowser(t, servers[i%2])
		browsers[i].cookies = w.cookies
	}
	code = token.Code(1)
	if got := atOnce(many, func(i int) string { return confirmByCode(browsers[i], orders[i], code) }); got["accepted"] != 1 || got["refused:code"] != many-1 {
		t.Errorf("S3 S7 orders by one code = %v, want one accepted", got)
	}

	id, _ := makeOrder(w, good)
	numbers := atOnce(many, func(i int) string { return issueNumber(browsers[i], id) })
	if len(numbers) != 1 {
		t.Fatalf("M39 code numbers of one document = %v, want one", numbers)
	}
	for number := range numbers {
		value := mobi.Value(devicetest.PIN, number)
		if got := atOnce(many, func(i int) string { return confirmByValue(browsers[i], id, value) }); got["accepted"] != 1 || got["refused:accepted-before"] != many-1 {
			t.Errorf("M51 one value = %v, want one accepted", got)
		}
	}
	id, _ = makeOrder(w, good)
	value := wrong(mobi.Value(devicetest.PIN, issueNumber(w, id)))
	if got := atOnce(many, func(i int) string { return confirmByValue(browsers[i], id, value) }); got["refused:value"] != 2 || got["refused:blocked"] != 1 || got["mobipass"] != many-3 {
		t.Errorf("M48 wrong values at once = %v, want three looked at", got)
	}
}
