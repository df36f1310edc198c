package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent/otp"
)

// clockAnswer is what a page learns about a code or two codes, "" for no reason or error.
func clockAnswer(w *browser, path string, body any) string {
	w.t.Helper()
	response, text := w.send("POST", path, body)
	var a struct {
		Error, Verdict, Reason string
		Minutes                *int
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		w.t.Fatalf("POST %s: %v in %q", path, err, text)
	}
	answer := strings.Join(strings.Fields(a.Verdict+" "+a.Reason+" "+a.Error), " ")
	if a.Error != "" {
		answer += fmt.Sprint(" ", response.StatusCode)
	}
	if a.Minutes != nil {
		answer += fmt.Sprint(" ", *a.Minutes)
	}
	return answer
}

func orderCode(w *browser, order, code string) string {
	w.t.Helper()
	return clockAnswer(w, "/api/orders/"+order+"/code", map[string]string{"code": code})
}

func findClock(w *browser, first, second string) string {
	w.t.Helper()
	return clockAnswer(w, "/api/clock", map[string]string{"first": first, "second": second})
}

// clockSteps is how many steps a clock is off that is so many minutes.
func clockSteps(minutes int) int { return minutes * int(time.Minute/otp.SpectraInterval) }

func TestClockOff(t *testing.T) {
	for minutes, want := range map[int]string{
		5: "refused clock 5", -5: "refused clock -5", 10: "refused clock 10", -10: "refused clock -10", 11: "refused code", -11: "refused code", 60: "refused code",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBank(t)
			token := b.spectra(t, b.asel)
			nextStep(t)
			off := clockSteps(minutes)
			// Who is not logged in is told what everybody is told.
			stranger := newBrowser(t, b)
			response, body := stranger.send("POST", "/api/login/code", map[string]string{"user": b.asel.UserID, "code": token.Code(off)})
			if response.StatusCode != http.StatusUnauthorized || body != `{"error":"code"}`+"\n" {
				t.Errorf("S9 login with a clock %d minutes off = %d %s, want what all are told", minutes, response.StatusCode, body)
			}
			w := login(t, b, b.asel)
			id, _ := makeOrder(w, good)
			if got := orderCode(w, id, token.Code(off)); got != want {
				t.Errorf("S10 order with a clock %d minutes off = %q, want %q", minutes, got, want)
			}
			if reason := strings.Fields(want)[1]; fmt.Sprint(payments(w, id)) != "[refused:"+reason+"]" {
				t.Errorf("the list of payments has %v, want %q", payments(w, id), reason)
			}
			if s, err := b.store.SpectraTokenOf(t.Context(), b.asel.UserID); err != nil || s.Codes.Wrong != 1 || s.Codes.Drift != 0 || s.Codes.Last != 0 {
				t.Errorf("the bank keeps %+v, %v, want one wrong code", s.Codes, err)
			}
			// The clock is set right.
			if got := orderCode(w, id, token.Code(0)); got != "accepted" {
				t.Errorf("S12 order with the clock set = %q, want accepted", got)
			}
		})
	}
}

// TestClockTaken: the clock stays wrong, and the bank learns it by two codes.
func TestClockTaken(t *testing.T) {
	for _, minutes := range []int{5, -5, 10, -10} {
		synctest.Test(t, func(t *testing.T) {
			b := newBank(t)
			token := b.spectra(t, b.asel)
			nextStep(t)
			off := clockSteps(minutes)
			w := login(t, b, b.asel)
			id, _ := makeOrder(w, good)
			if _, page := w.get("/orders/" + id); !strings.Contains(page, `id="clock"`) {
				t.Error("the page of the order offers no way to tell the token's clock")
			}
			first := token.Code(off)
			if got := orderCode(w, id, first); got != fmt.Sprint("refused clock ", minutes) {
				t.Fatalf("order = %q, want the clock %d minutes off", got, minutes)
			}
			for name, codes := range map[string][2]string{
				"not one after the other": {first, token.Code(off + 2)}, "the same": {first, first}, "none": {"", ""}, "another's": {"000000", "000000"},
			} {
				if got := findClock(w, codes[0], codes[1]); got != "clock-codes 409" {
					t.Errorf("two codes, %s = %q, want clock-codes", name, got)
				}
			}
			nextStep(t)
			second := token.Code(off)
			if got := findClock(w, first[:3]+" "+first[3:], second); got != fmt.Sprint(" ", minutes) {
				t.Fatalf("two codes one after the other = %q, want %d minutes", got, minutes)
			}
			for name, code := range map[string]string{"first": first, "second": second} {
				if got := orderCode(w, id, code); !strings.HasPrefix(got, "refused") {
					t.Errorf("S3 order by the %s code that found the clock = %q, want refused", name, got)
				}
			}
			nextStep(t)
			third := token.Code(off)
			if got := orderCode(w, id, third); got != "accepted" {
				t.Fatalf("S12 order by the next code = %q, want accepted", got)
			}
			if got := loginByCode(newBrowser(t, b), b.asel.UserID, third); got != "code" {
				t.Errorf("S7 login by the order's code = %q, want code", got)
			}
			nextStep(t)
			if got := loginByCode(newBrowser(t, b), b.asel.UserID, token.Code(off)); got != "" {
				t.Errorf("S12 login by the code after = %q, want no error", got)
			}

			// Then the clock is set right, which is told and found as well. No code of the
			// time before is good again: the owner of a clock that was ahead waits for that long.
			other, _ := makeOrder(w, good)
			time.Sleep(11 * time.Minute)
			nextStep(t)
			if got := orderCode(w, other, token.Code(0)); got != "refused clock" {
				t.Errorf("order with the clock set right = %q, want the clock told", got)
			}
			one := token.Code(0)
			nextStep(t)
			if got := findClock(w, one, token.Code(0)); got != " 0" {
				t.Errorf("two codes of the right clock = %q, want no minutes", got)
			}
			nextStep(t)
			if got := orderCode(w, other, token.Code(0)); got != "accepted" {
				t.Errorf("S12 order by the right clock = %q, want accepted", got)
			}
		})
	}
}

// A session by code is not enough to move the clock: whoever has seen three codes in a row
// could spend the last of them minutes later.
func TestClockNeedsTheKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		token := b.spectra(t, b.asel)
		nextStep(t)
		w := newBrowser(t, b)
		if got := loginByCode(w, b.asel.UserID, token.Code(0)); got != "" {
			t.Fatalf("login = %s", got)
		}
		id, _ := makeOrder(w, good)
		if _, page := w.get("/orders/" + id); strings.Contains(page, `id="clock"`) {
			t.Error("the page offers what is refused")
		}
		if got := findClock(w, token.Code(10), token.Code(11)); got != "clock-key 403" {
			t.Errorf("two codes in a session by code = %q, want clock-key", got)
		}
		// A cookie that says that a key opened the session opens none.
		name := "__Host-session"
		forged := *w.cookies[name]
		forged.Value = "key-" + forged.Value
		w.cookies[name] = &forged
		if got := findClock(w, token.Code(10), token.Code(11)); got != "no-session 401" {
			t.Errorf("a cookie made up of another = %q, want no-session", got)
		}
		if got := findClock(newBrowser(t, b), token.Code(10), token.Code(11)); got != "no-session 401" {
			t.Errorf("a stranger's two codes = %q, want no-session", got)
		}
		if s, err := b.store.SpectraTokenOf(t.Context(), b.asel.UserID); err != nil || s.Codes.Drift != 0 || s.Codes.Wrong != 0 {
			t.Errorf("the bank keeps %+v, %v, want nothing changed", s.Codes, err)
		}
		if got := findClock(login(t, b, b.daniyar), token.Code(10), token.Code(11)); got != "clock-codes 409" {
			t.Errorf("S11 a client without a token = %q, want clock-codes", got)
		}
		if got := findClock(login(t, b, b.asel), token.Code(25), token.Code(26)); got != "clock-codes 409" {
			t.Errorf("a clock thirteen minutes off = %q, want clock-codes: that is the clerk's", got)
		}
	})
}

// Codes of another time, and pairs that do not fit, are wrong codes like others: together
// ten of them block the token, and its codes are refused whatever the clock says.
func TestClockTriesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		token := b.spectra(t, b.asel)
		nextStep(t)
		w := login(t, b, b.asel)
		id, _ := makeOrder(w, good)
		for n := range otp.CodeTries {
			var got, want string
			switch n % 3 {
			case 0:
				got, want = orderCode(w, id, token.Code(10)), "refused clock 5"
			case 1:
				got, want = findClock(w, token.Code(10), token.Code(12)), "clock-codes 409"
			default:
				got, want = orderCode(w, id, "none"), "refused code"
			}
			if n == otp.CodeTries-1 {
				want = "refused code"
			}
			if got != want {
				t.Fatalf("S10 try %d = %q, want %q", n+1, got, want)
			}
		}
		if got := orderCode(w, id, token.Code(0)); got != "no-session 401" {
			t.Errorf("S10 right code after %d wrong ones = %q, want no-session", otp.CodeTries, got)
		}
		w = login(t, b, b.asel)
		for name, got := range map[string]string{
			"S10 refused code": orderCode(w, id, token.Code(0)), "refused code": orderCode(w, id, token.Code(10)),
			"clock-codes 409": findClock(w, token.Code(10), token.Code(11)),
		} {
			if !strings.HasSuffix(name, got) {
				t.Errorf("at a blocked token = %q, want %s", got, name)
			}
		}
	})
}

// A guesser who hit a code of five minutes later is not told for free: it is worth nothing
// when its time comes, at an order or a login, and the owner's other codes are good.
func TestToldCodeIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t)
		token := b.spectra(t, b.asel)
		nextStep(t)
		asel := b.asel
		guesser, owner := login(t, b, asel), login(t, b, asel)
		id, _ := makeOrder(guesser, good)
		hit := token.Code(10)
		if got := orderCode(guesser, id, hit); got != "refused clock 5" {
			t.Fatalf("a code of five minutes later = %q", got)
		}
		for range 10 {
			nextStep(t)
		}
		if hit != token.Code(0) {
			t.Fatal("its time has not come")
		}
		b = openBank(t, b.dir) // the bank was started anew
		guesser.handler, owner.handler = b, b
		if got := loginByCode(newBrowser(t, b), asel.UserID, hit); got != "code" {
			t.Errorf("login by the code that was told = %q, want code", got)
		}
		if got := orderCode(guesser, id, hit); got != "refused code" {
			t.Errorf("order by the code that was told = %q, want refused code", got)
		}
		if got := orderCode(owner, id, token.Code(1)); got != "accepted" {
			t.Errorf("the owner's next code = %q, want accepted", got)
		}
	})
}
