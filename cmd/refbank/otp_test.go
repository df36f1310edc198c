package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/devicetest"
)

// clerk runs a command of the desk with input and returns what it prints by name.
func clerk(t *testing.T, dir, input string, args ...string) (map[string]string, error) {
	t.Helper()
	c := command(t, append(args, "--dir", dir)...)
	c.Stdin = strings.NewReader(input)
	out, err := c.Output()
	printed := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		printed[name] = value
	}
	return printed, err
}

// A site is a running process of the bank, and a browser of one client.
type site struct {
	t       *testing.T
	origin  string
	browser http.Client
	kill    func()
}

func startSite(t *testing.T, dir string) *site {
	t.Helper()
	bank := command(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0", "--http")
	stdout, err := bank.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	bank.Stderr = &log
	if err := bank.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	origin, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ok {
		t.Fatalf("first line %q, %v; %v\n%s", line, err, bank.Wait(), &log)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	killed := false
	s := &site{t: t, origin: origin, browser: http.Client{Jar: jar}, kill: func() {
		if killed {
			return
		}
		killed = true
		if err := bank.Process.Kill(); err != nil {
			t.Error(err)
		}
		if err := bank.Wait(); err == nil {
			t.Error("the bank ended by itself")
		}
	}}
	t.Cleanup(s.kill)
	return s
}

// post returns the status and what the bank answers.
func (s *site) post(path string, body any) (int, map[string]any) {
	s.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), "POST", s.origin+path, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Origin", s.origin)
	response, err := s.browser.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, answer
}

func (s *site) login(code string) int {
	s.t.Helper()
	status, _ := s.post("/api/login/code", map[string]string{"user": desk.DemoClient().UserID, "code": code})
	return status
}

func (s *site) order() string {
	s.t.Helper()
	_, a := s.post("/api/orders", map[string]any{"orders": []map[string]string{{
		"payee": "ТОО «Образец»", "iban": "KZ61999KZT5004100100", "bic": "REFBKZKA", "amount": "100", "currency": "KZT", "knp": "710", "purpose": "тест",
	}}})
	orders, ok := a["orders"].([]any)
	if !ok || len(orders) != 1 {
		s.t.Fatalf("orders = %v", a)
	}
	return orders[0].(map[string]any)["id"].(string)
}

// TestCodes is a client's day with real processes: the clerk's commands beside a bank
// that serves, and is killed between two verdicts.
func TestCodes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bank")
	file := filepath.Join(t.TempDir(), "token.pskc")
	owner := []string{"--identified", "branch", "--iin", desk.DemoClient().IIN}
	s := startSite(t, dir)
	issued, err := clerk(t, dir, "", append([]string{"spectranet", "issue", "--file", file}, owner...)...)
	if err != nil || issued["pskc-file"] != file {
		t.Fatalf("S26 spectranet issue = %v, %v", issued, err)
	}
	token := devicetest.NewSpectra(t, file, issued["password"])
	envelope, err := clerk(t, dir, "", append([]string{"mobipass", "issue"}, owner...)...)
	if err != nil || envelope["Код"] != "активации Mobipass" {
		t.Fatalf("M18 mobipass issue = %v, %v", envelope, err)
	}
	var parts []string
	for n := range 4 {
		parts = append(parts, envelope[fmt.Sprint("part-", n+1)])
	}
	mobi := devicetest.NewMobiPass(t, parts)

	code := token.Code(0)
	if got := s.login(code); got != http.StatusOK {
		t.Fatalf("S5 login = %d, want 200", got)
	}
	id := s.order()
	_, a := s.post("/api/orders/"+id+"/mobipass", nil)
	number, _ := a["number"].(string)
	value := mobi.Value(devicetest.PIN, number)
	wrong := string('0'+(value[0]-'0'+1)%10) + value[1:]
	for range 2 {
		if _, a := s.post("/api/orders/"+id+"/mobipass/value", map[string]string{"value": wrong}); a["reason"] != "value" {
			t.Errorf("M47 wrong value = %v, want value", a)
		}
	}
	s.kill()
	before := s
	s = startSite(t, dir)
	s.browser.Jar = before.browser.Jar // localhost, whatever the port
	if got := s.login(code); got != http.StatusUnauthorized {
		t.Errorf("S3 S12 the same code after kill -9 = %d, want 401", got)
	}
	if _, a := s.post("/api/orders/"+id+"/code", map[string]string{"code": code}); a["reason"] != "code" {
		t.Errorf("S7 the login's code for an order after kill -9 = %v, want code", a)
	}
	if _, a := s.post("/api/orders/"+id+"/mobipass/value", map[string]string{"value": wrong}); a["reason"] != "blocked" {
		t.Errorf("M48 M49 third wrong value after kill -9 = %v, want blocked", a)
	}
	if _, a := s.post("/api/orders/"+id+"/mobipass/value", map[string]string{"value": value}); a["error"] != "mobipass" {
		t.Errorf("M48 right value afterwards = %v, want mobipass", a)
	}

	// A locked token, by telephone.
	number = token.Lock()
	unlock := []string{"spectranet", "unlock", "--serial", token.Serial()}
	if out, err := clerk(t, dir, number, unlock...); err == nil || out["unlock-code"] != "" {
		t.Errorf("S52 unlock without identification = %v, %v", out, err)
	}
	if out, err := clerk(t, dir, number, append(unlock, "--identified", "phone", "--iin", "900101300459")...); err == nil || out["unlock-code"] != "" {
		t.Errorf("S52 unlock for another person = %v, %v", out, err)
	}
	if out, err := clerk(t, dir, "1"+number[1:]+"\n", append(unlock, owner...)...); number[0] != '1' && (err == nil || out["unlock-code"] != "") {
		t.Errorf("S55 unlock with another number = %v, %v", out, err)
	}
	out, err := clerk(t, dir, number[:3]+" "+number[3:]+"\n", append(unlock, owner...)...)
	if err != nil || !token.Unlock(out["unlock-code"]) {
		t.Errorf("S54 unlock = %v, %v", out, err)
	}
	for range 25 {
		token.Lock()
	}
	numbers := token.Lock() + "\n" + token.Lock() + "\n"
	out, err = clerk(t, dir, numbers, append([]string{"spectranet", "resync-locks", "--serial", token.Serial()}, owner...)...)
	if err != nil || !token.Unlock(out["unlock-code"]) {
		t.Errorf("resync-locks = %v, %v", out, err)
	}
	out, err = clerk(t, dir, token.Code(100)+"\n"+token.Code(101)+"\n", append([]string{"spectranet", "resync-clock", "--serial", token.Serial()}, owner...)...)
	drift, _ := strconv.Atoi(out["drift"])
	if err != nil || drift != 101 && drift != 100 { // the half minute may end meanwhile
		t.Errorf("resync-clock = %v, %v", out, err)
	}
	if _, a := s.post("/api/orders/"+id+"/code", map[string]string{"code": token.Code(drift + 1)}); a["verdict"] != "accepted" {
		t.Errorf("S6 order after resynchronization = %v, want accepted", a)
	}

	show := func(what string) map[string]string {
		t.Helper()
		out, err := clerk(t, dir, "", what, "show")
		if err != nil {
			t.Errorf("%s show: %v", what, err)
		}
		return out
	}
	if got := show("spectranet"); got["serial"] != token.Serial() || got["blocked"] != "false" || got["wrong-codes"] != "0" || got["drift"] == "0" || got["lock-misfits"] != "0" {
		t.Errorf("spectranet show = %v", got)
	}
	if got := show("mobipass"); got["envelope"] != envelope["envelope"] || got["blocked"] != "true" || got["wrong-values"] != "3" || got["code-numbers"] != "1" {
		t.Errorf("M48 mobipass show = %v", got)
	}

	// Blocked while the bank serves.
	if out, err := clerk(t, dir, "", "spectranet", "block"); err != nil || out["blocked"] != token.Serial() {
		t.Errorf("S69 block = %v, %v", out, err)
	}
	if got := s.login(token.Code(drift + 2)); got != http.StatusUnauthorized {
		t.Errorf("S69 login = %d, want 401", got)
	}
	if status, _ := s.post("/api/orders/"+id+"/code", map[string]string{"code": token.Code(drift + 2)}); status != http.StatusUnauthorized {
		t.Errorf("S69 the session lives on: %d", status)
	}
	if out, err := clerk(t, dir, "", "mobipass", "block"); err != nil || out["blocked"] != envelope["envelope"] {
		t.Errorf("M24 block = %v, %v", out, err)
	}
}
