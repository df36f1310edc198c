package agent_test

import (
	"errors"
	"testing"

	"qoltanba/agent"
)

func TestParseOrigin(t *testing.T) {
	for s, want := range map[string]agent.Origin{
		"https://ib.bank.kz":       {Scheme: "https", Host: "ib.bank.kz", Port: 443},
		"https://ib.bank.kz:8443":  {Scheme: "https", Host: "ib.bank.kz", Port: 8443},
		"http://localhost:8080":    {Scheme: "http", Host: "localhost", Port: 8080},
		"https://[2001:db8::1]":    {Scheme: "https", Host: "2001:db8::1", Port: 443},
		"https://xn--80ak6aa92e.x": {Scheme: "https", Host: "xn--80ak6aa92e.x", Port: 443},
	} {
		got, err := agent.ParseOrigin(s)
		if err != nil || got != want {
			t.Errorf("ParseOrigin(%q) = %+v, %v, want %+v", s, got, err, want)
		}
		if got.String() != s {
			t.Errorf("ParseOrigin(%q).String() = %q", s, got.String())
		}
	}
}

func TestParseOriginRefuses(t *testing.T) {
	for _, s := range []string{
		"", "null", "https://", "https://ib.bank.kz/", "https://ib.bank.kz:443", "https://ib.bank.kz:0443",
		"https://IB.bank.kz", "HTTPS://ib.bank.kz", "https://user@ib.bank.kz", "https://ib.bank.kz?x", "https://ib.bank.kz#x",
		"https://ib.bank.kz.", "https://.bank.kz", "https://ib..kz", "https://ib.bank.kz:", "https://ib.bank.kz:70000",
		"https://ib bank.kz", "https://ib.bank.kz\x00", "https://іb.bank.kz", "https://ib%2ebank.kz", "//ib.bank.kz", "ib.bank.kz",
		"file://", "file:///etc", "chrome-extension://abcdefgh", "ws://ib.bank.kz", "https:ib.bank.kz", "https://ib.bank.kz https://evil.kz",
		"https://[::1", "https://ib.bank.kz\\@evil.kz", "javascript:alert(1)",
	} {
		if o, err := agent.ParseOrigin(s); !errors.Is(err, agent.ErrOrigin) {
			t.Errorf("ParseOrigin(%q) = %+v, %v, want ErrOrigin", s, o, err)
		}
	}
}

func FuzzParseOrigin(f *testing.F) {
	for _, s := range []string{"https://ib.bank.kz", "https://ib.bank.kz:8443", "null", "https://[::1]:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := agent.ParseOrigin(s)
		if err == nil && o.String() != s {
			t.Errorf("ParseOrigin(%q) took another spelling of %q", s, o.String())
		}
	})
}
