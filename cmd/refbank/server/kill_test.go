package server_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent/cms"
)

// killedBank names the folder of the bank that this process serves and dies in,
// when the test has started it for that.
const killedBank = "REFBANK_TEST_KILLED_BANK"

// TestKilledBetweenVerdictAndAnswer kills a bank's process when the verdict is
// made and the first byte of the answer would be sent.
func TestKilledBetweenVerdictAndAnswer(t *testing.T) {
	if dir := os.Getenv(killedBank); dir != "" {
		serveAndDie(t, openBank(t, dir))
		return
	}
	b := newBank(t)
	w := login(t, b, b.asel)
	id, document := makeOrder(w, good)
	der := signed(t, b.asel, document, cms.Options{Origin: origin})
	dieAnswering(t, b, w, "/api/orders/"+id+"/signature", `{"cms": "`+base64.StdEncoding.EncodeToString(der)+`"}`)

	// The files of an order may be missing after a kill just before: they are
	// written at the next start.
	exported := filepath.Join(b.dir, "signed", id+".p7s")
	if err := os.Remove(exported); err != nil {
		t.Fatal(err)
	}
	again := openBank(t, b.dir)
	w.handler = again
	if got := fmt.Sprint(payments(w, id)); got != "[accepted]" {
		t.Errorf("list = %s, want [accepted]", got)
	}
	if file, err := os.ReadFile(exported); err != nil || string(file) != string(der) {
		t.Errorf("the signature's file: %v", err)
	}
	if _, a := submit(w, id, der); a.Reason != "accepted-before" {
		t.Errorf("the same signature again = %+v, want refused: accepted-before", a)
	}
}

// dieAnswering closes the bank, sends a request of the browser to a process of its own
// for the same folder, and sees it killed at the first byte of its answer.
func dieAnswering(t *testing.T, b *bank, w *browser, path, body string) {
	t.Helper()
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledBetweenVerdictAndAnswer$")
	child.Env = append(os.Environ(), killedBank+"="+b.dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the bank does not start: %v, %v", err, child.Wait())
	}
	request := httptest.NewRequest("POST", path, strings.NewReader(body))
	request.RequestURI = ""
	request.URL.Scheme, request.URL.Host = "http", strings.TrimSpace(address)
	request.Host = "ib.refbank.test"
	request.Header.Set("Origin", origin)
	for _, c := range w.cookies {
		request.AddCookie(c)
	}
	if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
		t.Fatalf("the bank answered: %s", response.Status)
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the bank ended: %v, want killed", err)
	}
}

// serveAndDie serves over plain http, prints the address, and kills its own process
// at the first byte of an answer.
func serveAndDie(t *testing.T, h http.Handler) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(l.Addr())
	t.Fatal(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(mute{w, t}, r)
	})))
}

// mute is a ResponseWriter that never writes.
type mute struct {
	http.ResponseWriter
	t *testing.T
}

func (m mute) WriteHeader(int) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		m.t.Fatal(err)
	}
	if err := self.Kill(); err != nil {
		m.t.Fatal(err)
	}
	select {} // the end is on its way
}
