package otp_test

import (
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/otp"
)

var cheapest = otp.Cost{Time: 1, Memory: 8, Threads: 1}

var deviceKey = seed(32)

var noon = time.Unix(1_800_000_000, 0)

func issue(t testing.TB, serial string) otp.SpectraIssue {
	t.Helper()
	lock, unlock, err := otp.DeriveSpectra(seed(32), serial)
	if err != nil {
		t.Fatal(err)
	}
	return otp.SpectraIssue{Serial: serial, Hash: crypto.SHA1, Code: seed(20), Lock: lock, Unlock: unlock, StartPIN: []byte("7391"), Cost: cheapest}
}

// token is a device with a person at its keys.
type token struct {
	t     testing.TB
	store otp.Store
	*otp.Spectra
}

func newToken(t testing.TB, store otp.Store, serial string) *token {
	t.Helper()
	if err := otp.CreateSpectra(store, deviceKey, issue(t, serial)); err != nil {
		t.Fatal(err)
	}
	d := &token{t: t, store: store}
	d.restart()
	return d
}

// restart is a new process with what is on the disk.
func (d *token) restart() {
	d.t.Helper()
	s, err := otp.OpenSpectra(d.store, deviceKey, otp.SpectraKeys{}, true)
	if err != nil {
		d.t.Fatal(err)
	}
	d.Spectra = s
}

// do presses keys: digits, "p"ower, "c"lear, "h"old, "i"dle.
func (d *token) do(keys string) {
	d.t.Helper()
	for _, k := range []byte(keys) {
		var err error
		if i := strings.IndexByte("pchi", k); i >= 0 {
			err = d.Press([]otp.SpectraEvent{otp.SpectraPower, otp.SpectraClear, otp.SpectraHold, otp.SpectraIdle}[i])
		} else {
			err = d.Digit(k)
		}
		if err != nil {
			d.t.Fatalf("key %c: %v", k, err)
		}
	}
}

func (d *token) shows(want string) {
	d.t.Helper()
	if got := d.display(); got != want {
		d.t.Errorf("display is %q, want %q", got, want)
	}
}

func (d *token) display() string {
	d.t.Helper()
	label, field, err := d.Display(noon)
	if err != nil {
		d.t.Fatal(err)
	}
	return strings.TrimSpace(label + " " + field)
}

// number is the lock number that is shown.
func (d *token) number() string {
	d.t.Helper()
	number, ok := strings.CutPrefix(d.display(), "LOCK PIN ")
	if !ok || len(number) != 7 {
		d.t.Fatalf("display is %q, want a lock number", d.display())
	}
	return number
}

func spectraKeys(t testing.TB, serial string) otp.SpectraKeys {
	t.Helper()
	keys, _, err := otp.SeedKeys(crypto.SHA256, seed(32), serial)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestSpectra(t *testing.T) {
	code, err := otp.TOTP(otp.HMAC(crypto.SHA1, seed(20)), 6, 30*time.Second, noon)
	if err != nil {
		t.Fatal(err)
	}
	fresh := func(t *testing.T) *token { return newToken(t, new(otp.MemStore), "AB12345") }
	used := func(t *testing.T) *token { // with a PIN of its own
		d := fresh(t)
		d.do("p7391" + "2580" + "2580" + "cp")
		return d
	}
	t.Run("S29 S44 S47 start PIN leads to a new PIN", func(t *testing.T) {
		d := fresh(t)
		d.shows("")
		d.do("p7391")
		d.shows("NEW PIN ----")
		d.do("2580")
		d.shows("PIN-CONF ----")
		d.do("2580")
		d.shows("NEW-PIN-CONF")
		d.do("c")
		d.shows(code)
	})
	t.Run("S29 code with a reminder where the bank wants no change", func(t *testing.T) {
		d := fresh(t)
		var err error
		if d.Spectra, err = otp.OpenSpectra(d.store, deviceKey, otp.SpectraKeys{}, false); err != nil {
			t.Fatal(err)
		}
		d.do("p7391")
		d.shows(code)
		if !d.StartPIN() {
			t.Error("StartPIN = false, want the reminder")
		}
		d.do("h25802580")
		if d.StartPIN() {
			t.Error("StartPIN after the change = true")
		}
	})
	t.Run("S30 S50 new PINs that are refused", func(t *testing.T) {
		d := fresh(t)
		d.do("p7391")
		for _, pin := range []string{"7391", "1111", "1234", "3210", "8901"} {
			d.do(pin)
			d.shows("NEW PIN ----")
		}
	})
	t.Run("S30 the start PIN may come back later", func(t *testing.T) {
		d := used(t)
		d.do("p2580h73917391")
		d.shows("NEW-PIN-CONF")
	})
	t.Run("S48 repetition differs", func(t *testing.T) {
		d := used(t)
		d.do("p2580h" + "4826" + "4827")
		d.shows("NEW PIN ----")
		d.do("pp2580")
		d.shows(code)
	})
	t.Run("S49 off before NEW-PIN-CONF", func(t *testing.T) {
		for _, off := range []string{"p", "i"} {
			d := used(t)
			d.do("p2580h" + "4826" + "482" + off)
			d.restart()
			d.do("p2580")
			d.shows(code)
		}
	})
	t.Run("S23 cleared entry is no try", func(t *testing.T) {
		d := used(t)
		d.do("p111c111c111c111c2580")
		d.shows(code)
	})
	t.Run("S34 S35 S36 count outlives a restart", func(t *testing.T) {
		d := used(t)
		d.do("p1111")
		d.shows("FAIL1")
		d.restart()
		d.do("p")
		d.shows("FAIL1")
		d.do("c1111")
		d.shows("FAIL2")
		d.restart()
		d.do("pc2580")
		d.shows(code)
		d.do("pp")
		d.shows("PIN ----")
	})
	t.Run("S37 S38 S40 S41 third wrong PIN", func(t *testing.T) {
		d := used(t)
		d.do("p1111c1111c1111")
		d.shows("FAIL3")
		d.do("c2580h")
		d.shows("FAIL3")
		d.do("pp")
		number := d.number()
		for range 3 {
			d.restart()
			d.do("p")
			d.shows("LOCK PIN " + number)
		}
	})
	t.Run("S57 S58 S60 S61 S62 S65 unlocking", func(t *testing.T) {
		d := used(t)
		keys := spectraKeys(t, "AB12345")
		d.do("p1111c1111c1111pp")
		number := d.number()
		right, err := keys.UnlockCode("AB12345", 0, number)
		if err != nil {
			t.Fatal(err)
		}
		if len(right) != 8 {
			t.Errorf("UnlockCode = %q, want eight digits", right)
		}
		d.do("c11111111")
		d.shows("FAIL1")
		d.do("c999c")
		d.shows("LOCK PIN --------")
		d.do(right)
		d.shows("NEW PIN ----")
		d.do("4826")
		d.restart() // a power cut: still locked, and the same code works
		d.do("p")
		d.shows("LOCK PIN " + number)
		d.do("c" + right + "48264826")
		d.shows("NEW-PIN-CONF")
		d.do("pp2580")
		d.shows("FAIL1")
		d.do("c4826")
		d.shows(code)
		d.do("pp1111c1111c1111pp")
		if again := d.number(); again == number {
			t.Errorf("second lock shows %s again", again)
		}
		d.do("c" + right)
		d.shows("FAIL1")
	})
	t.Run("S59 three wrong codes make a new number", func(t *testing.T) {
		d := used(t)
		keys := spectraKeys(t, "AB12345")
		for _, off := range []string{"c", "pp", "restart"} {
			d.do("p1111c1111c1111pp")
			number, locks := d.number(), d.State().Locks
			old, err := keys.UnlockCode("AB12345", locks, number)
			if err != nil {
				t.Fatal(err)
			}
			d.do("c11111111")
			d.shows("FAIL1")
			d.do("c11111111")
			d.shows("FAIL2")
			d.do("c11111111")
			d.shows("FAIL3")
			if off == "restart" {
				d.restart()
				off = "p"
			}
			d.do(off)
			if got := d.number(); got == number || d.State().Locks != locks+1 {
				t.Errorf("number after FAIL3 is %s of lock %d, was %s of %d", got, d.State().Locks, number, locks)
			}
			d.do("c" + old)
			d.shows("FAIL1")
			d.do("pp")
			young, err := keys.UnlockCode("AB12345", locks+1, d.number())
			if err != nil {
				t.Fatal(err)
			}
			d.do("c" + young + "25802580p")
		}
	})
	t.Run("S63 code of another serial number", func(t *testing.T) {
		d := used(t)
		d.do("p1111c1111c1111pp")
		other, err := spectraKeys(t, "AB12346").UnlockCode("AB12346", 0, d.number())
		if err != nil {
			t.Fatal(err)
		}
		d.do("c" + other)
		d.shows("FAIL1")
	})
}

func TestSpectraErrors(t *testing.T) {
	store := new(otp.MemStore)
	good := issue(t, "AB12345")
	for name, change := range map[string]func(*otp.SpectraIssue){
		"serial": func(i *otp.SpectraIssue) { i.Serial = "AB1234" }, "PIN": func(i *otp.SpectraIssue) { i.StartPIN = []byte("123") },
		"cost": func(i *otp.SpectraIssue) { i.Cost = otp.Cost{} }, "hash": func(i *otp.SpectraIssue) { i.Hash = crypto.MD5 },
	} {
		bad := good
		change(&bad)
		if err := otp.CreateSpectra(store, deviceKey, bad); err == nil {
			t.Errorf("CreateSpectra with bad %s = nil", name)
		}
	}
	if err := otp.CreateSpectra(store, deviceKey[:31], good); err == nil {
		t.Error("CreateSpectra with a short device key = nil")
	}
	if _, err := otp.OpenSpectra(store, deviceKey, otp.SpectraKeys{}, true); !errors.Is(err, otp.ErrNoDevice) {
		t.Errorf("OpenSpectra of nothing = %v, want ErrNoDevice", err)
	}
	d := newToken(t, store, "AB12345")
	if err := otp.CreateSpectra(store, deviceKey, good); !errors.Is(err, otp.ErrExists) {
		t.Errorf("CreateSpectra over a token = %v, want ErrExists", err)
	}
	other := append([]byte(nil), deviceKey...)
	other[0]++
	if _, err := otp.OpenSpectra(store, other, otp.SpectraKeys{}, true); !errors.Is(err, otp.ErrDamaged) {
		t.Errorf("OpenSpectra with another device key = %v, want ErrDamaged", err)
	}
	if err := d.Press(otp.SpectraRight); err == nil {
		t.Error("Press of a verdict = nil")
	}
	if err := d.Digit('x'); err == nil {
		t.Error("Digit(x) = nil")
	}
	held := good
	held.Code = nil
	store = new(otp.MemStore)
	if err := otp.CreateSpectra(store, deviceKey, held); err != nil {
		t.Fatal(err)
	}
	if _, err := otp.OpenSpectra(store, deviceKey, otp.SpectraKeys{}, true); err == nil {
		t.Error("OpenSpectra without the key that a token holds = nil")
	}
	s, err := otp.OpenSpectra(store, deviceKey, otp.SpectraKeys{Code: otp.HMAC(crypto.SHA1, seed(20))}, false)
	if err != nil {
		t.Fatal(err)
	}
	d = &token{t: t, Spectra: s}
	d.do("p7391")
	if len(d.display()) != 6 {
		t.Errorf("display is %q, want a code of the key that is held elsewhere", d.display())
	}
}
