package pkcs11_test

import (
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/agent/otp"
)

// Codes of a key in the token are those of oathtool, which has the key in the open.
func TestCodesOfATokenKey(t *testing.T) {
	need.Program(t, "oathtool")
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	for name, hash := range map[string]crypto.Hash{"sha1": crypto.SHA1, "sha256": crypto.SHA256, "sha512": crypto.SHA512} {
		t.Run(name, func(t *testing.T) {
			tok := openToken(t, open(t, s), token).(agent.MACs)
			key, id := make([]byte, 20), make([]byte, 16)
			rand.Read(key)
			rand.Read(id)
			spec := agent.MACKeySpec{ID: id, Label: "Qoltanba OTP AB12345678 code", Hash: hash}
			if err := tok.ImportMACKey(t.Context(), spec, agent.NewSecret(append([]byte(nil), key...))); err != nil {
				t.Fatalf("ImportMACKey() = %v", err)
			}
			at := time.Date(2026, 11, 26, 19, 0, 7, 0, time.UTC)
			want, err := exec.Command("oathtool", "--totp="+name, "-w", "49", "-N", at.Format("2006-01-02 15:04:05 UTC"), hex.EncodeToString(key)).Output()
			if err != nil {
				t.Fatal(err)
			}
			mac := func(message []byte) ([]byte, error) { return tok.MAC(t.Context(), id, hash, message) }
			codes := strings.Fields(string(want))
			if len(codes) != 50 {
				t.Fatalf("oathtool makes %d codes, want 50", len(codes))
			}
			for i, code := range codes {
				got, err := otp.TOTP(mac, 6, 30*time.Second, at.Add(time.Duration(i)*30*time.Second))
				if err != nil || got != code {
					t.Errorf("code %d = %q, %v, want %q", i, got, err, code)
				}
			}
		})
	}
}

// Who has the PIN and a session reads everything of the key but its value.
func TestTokenKeyIsNotRead(t *testing.T) {
	s := softhsm.New(t)
	token := s.Token(t, "Accounts", "1234")
	tok := openToken(t, open(t, s), token).(agent.MACs)
	id := []byte("0123456789abcdef")
	if err := tok.ImportMACKey(t.Context(), agent.MACKeySpec{ID: id, Label: "x", Hash: crypto.SHA256}, agent.NewSecret(make([]byte, 32))); err != nil {
		t.Fatal(err)
	}
	raw(t, s, token, func(lib *p11.Ctx, session p11.SessionHandle) {
		if err := lib.FindObjectsInit(session, []*p11.Attribute{p11.NewAttribute(p11.CKA_CLASS, p11.CKO_SECRET_KEY)}); err != nil {
			t.Fatal(err)
		}
		all, _, err := lib.FindObjects(session, 2)
		if err := errors.Join(err, lib.FindObjectsFinal(session)); err != nil || len(all) != 1 {
			t.Fatalf("%d secret keys, %v, want 1", len(all), err)
		}
		for attribute, want := range map[uint]byte{p11.CKA_TOKEN: 1, p11.CKA_PRIVATE: 1, p11.CKA_SENSITIVE: 1, p11.CKA_EXTRACTABLE: 0, p11.CKA_SIGN: 1, p11.CKA_DERIVE: 0} {
			a, err := lib.GetAttributeValue(session, all[0], []*p11.Attribute{p11.NewAttribute(attribute, nil)})
			if err != nil || len(a[0].Value) != 1 || a[0].Value[0] != want {
				t.Errorf("attribute %#x = %v, %v, want %d", attribute, a, err, want)
			}
		}
		_, err = lib.GetAttributeValue(session, all[0], []*p11.Attribute{p11.NewAttribute(p11.CKA_VALUE, nil)})
		if err != p11.Error(p11.CKR_ATTRIBUTE_SENSITIVE) {
			t.Errorf("CKA_VALUE = %v, want CKR_ATTRIBUTE_SENSITIVE", err)
		}
	})
}
