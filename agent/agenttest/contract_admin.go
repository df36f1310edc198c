package agenttest

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
)

// admin opens the fixture's token for its administrator.
func (f Fixture) admin(t *testing.T) (agent.Token, agent.Admin) {
	t.Helper()
	if f.AdminPIN == "" {
		t.Fatal("AdminPIN is empty, and Administration is not among what the token lacks")
	}
	tok := f.open(t)
	a, ok := tok.(agent.Admin)
	if !ok {
		t.Fatalf("%T is no agent.Admin", tok)
	}
	return tok, a
}

func secret(s string) *agent.Secret { return agent.NewSecret([]byte(s)) }

// wantAdminPINError demands a PINError about the administrator's PIN.
func wantAdminPINError(t *testing.T, what string, got error) {
	t.Helper()
	if e := wantPINError(t, what, got); !e.Admin {
		t.Errorf("%s = %v, want one about the administrator's PIN", what, got)
	}
}

func testAdminPIN(t *testing.T, f Fixture) {
	tok, a := f.admin(t)
	f.login(t, tok)
	k := newKey(t, tok, agent.P256)
	if err := a.CheckAdminPIN(t.Context(), secret(f.AdminPIN)); err != nil {
		t.Fatalf("CheckAdminPIN(right) = %v", err)
	}
	wantErr(t, "Sign after the administrator's login", sign(t, k), agent.ErrLocked)
	wantAdminPINError(t, "CheckAdminPIN(wrong)", a.CheckAdminPIN(t.Context(), secret(f.AdminPIN+"7")))
	if i := f.info(t); !i.AdminPINLow || i.PINLow {
		t.Errorf("List() after a wrong administrator's PIN = %+v, want AdminPINLow alone", i)
	}
	for range 5 { // costs no try
		wantAdminPINError(t, "CheckAdminPIN(empty)", a.CheckAdminPIN(t.Context(), secret("")))
	}
	if err := a.CheckAdminPIN(t.Context(), secret(f.AdminPIN)); err != nil {
		t.Fatalf("CheckAdminPIN(right) after a wrong one = %v", err)
	}
	if i := f.info(t); i.AdminPINLow || i.AdminPINFinal || i.AdminPINLocked {
		t.Errorf("List() after the right one = %+v, want no warnings", i)
	}
	f.login(t, tok)
	mustSign(t, k)
}

func testAdminLadder(t *testing.T, f Fixture) {
	_, a := f.admin(t)
	if f.Tries == 0 { // SoftHSM: it says so by never locking
		for range 10 {
			wantAdminPINError(t, "CheckAdminPIN(wrong)", a.CheckAdminPIN(t.Context(), secret(f.AdminPIN+"7")))
		}
		if err := a.CheckAdminPIN(t.Context(), secret(f.AdminPIN)); err != nil {
			t.Errorf("CheckAdminPIN(right) = %v", err)
		}
		return
	}
	for left := f.Tries - 1; left > 0; left-- {
		wantAdminPINError(t, "CheckAdminPIN(wrong)", a.CheckAdminPIN(t.Context(), secret(f.AdminPIN+"7")))
	}
	if i := f.info(t); !i.AdminPINFinal {
		t.Errorf("List() before the last try = %+v, want AdminPINFinal", i)
	}
	wantErr(t, "CheckAdminPIN(wrong), the last try", a.CheckAdminPIN(t.Context(), secret(f.AdminPIN+"7")), agent.ErrAdminPINLocked)
	wantErr(t, "CheckAdminPIN(right), too late", a.CheckAdminPIN(t.Context(), secret(f.AdminPIN)), agent.ErrAdminPINLocked)
	wantErr(t, "Unblock, too late", a.Unblock(t.Context(), secret(f.AdminPIN), secret(f.PIN)), agent.ErrAdminPINLocked)
	wantErr(t, "SetAdminPIN, too late", a.SetAdminPIN(t.Context(), secret(f.AdminPIN), secret(f.AdminPIN+"8")), agent.ErrAdminPINLocked)
	if i := f.info(t); !i.AdminPINLocked {
		t.Errorf("List() = %+v, want AdminPINLocked", i)
	}
	wantErr(t, "Format, too late", a.Format(t.Context(), secret(f.AdminPIN), agent.Format{PIN: secret(f.PIN)}), agent.ErrAdminPINLocked)
}

func testSetAdminPIN(t *testing.T, f Fixture) {
	tok, a := f.admin(t)
	fresh := f.AdminPIN[1:] + "7"
	set := func(old, new string) error { return a.SetAdminPIN(t.Context(), secret(old), secret(new)) }
	wantErr(t, "SetAdminPIN(right, short)", set(f.AdminPIN, "7"), agent.ErrPINLength)
	wantErr(t, "SetAdminPIN(right, long)", set(f.AdminPIN, strings.Repeat("7", f.info(t).MaxPIN+1)), agent.ErrPINLength)
	wantErr(t, "SetAdminPIN(right, right)", set(f.AdminPIN, f.AdminPIN), agent.ErrPINSame)
	wantAdminPINError(t, "SetAdminPIN(wrong, new)", set(fresh, f.AdminPIN))
	if err := set(f.AdminPIN, fresh); err != nil {
		t.Fatalf("SetAdminPIN(right, new) = %v", err)
	}
	wantAdminPINError(t, "CheckAdminPIN(old)", a.CheckAdminPIN(t.Context(), secret(f.AdminPIN)))
	if err := a.CheckAdminPIN(t.Context(), secret(fresh)); err != nil {
		t.Errorf("CheckAdminPIN(new) = %v", err)
	}
	f.login(t, tok) // the user PIN is another one
}

func testUnblock(t *testing.T, f Fixture) {
	tok, a := f.admin(t)
	f.login(t, tok)
	k := newKey(t, tok, agent.P256)
	for range f.Tries {
		if err := login(tok, f.wrong()); err == nil {
			t.Fatal("Login(wrong) = nil")
		}
	}
	fresh := f.PIN[1:] + "7"
	unblock := func(admin, pin string) error { return a.Unblock(t.Context(), secret(admin), secret(pin)) }
	wantErr(t, "K98 Unblock(right, short)", unblock(f.AdminPIN, "7"), agent.ErrPINLength)
	wantAdminPINError(t, "Unblock(wrong, new)", unblock(f.AdminPIN+"7", fresh))
	if err := unblock(f.AdminPIN, fresh); err != nil {
		t.Fatalf("Unblock(right, new) = %v", err)
	}
	if i := f.info(t); i.PINLocked || i.PINLow || i.PINFinal {
		t.Errorf("List() after Unblock = %+v, want all tries back", i)
	}
	wantErr(t, "Sign after Unblock", sign(t, k), agent.ErrLocked)
	wantPINError(t, "Login(old)", login(tok, f.PIN))
	if err := login(tok, fresh); err != nil {
		t.Fatalf("Login(new) = %v", err)
	}
	mustSign(t, k)
}

func testFormat(t *testing.T, f Fixture) {
	for _, label := range []string{"", "Main accounts", strings.Repeat("қ", agent.MaxLabel/2)} {
		tok, a := f.admin(t)
		f.login(t, tok)
		k := newKey(t, tok, agent.P256)
		if err := a.Format(t.Context(), secret(f.AdminPIN), agent.Format{Label: label, PIN: secret(agent.DefaultPIN)}); err != nil {
			t.Fatalf("Format(%q) = %v", label, err)
		}
		wantErr(t, "Sign in the session before", sign(t, k), agent.ErrTokenLost)
		wantErr(t, "Login in the session before", login(tok, agent.DefaultPIN), agent.ErrTokenLost)
		i := f.info(t)
		if i.Label != label || len(i.Keys) != 0 || !i.Initialized || i.PINUnset {
			t.Errorf("K37 K44 List() after Format(%q) = %+v, want that label, no keys and a user PIN", label, i)
		}
		again, b := f.admin(t)
		if err := login(again, agent.DefaultPIN); err != nil {
			t.Fatalf("K33 K44 Login(12345678) after Format = %v", err)
		}
		if all, err := b.Objects(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("K44 Objects() after Format = %v, %v, want none", all, err)
		}
		mustSign(t, newKey(t, again, agent.P256)) // K47: it can be used at once
		if err := b.Unblock(t.Context(), secret(f.AdminPIN), secret(f.PIN)); err != nil {
			t.Fatalf("Unblock() = %v", err)
		}
		for _, s := range []agent.Token{tok, again} {
			if err := s.Close(); err != nil {
				t.Errorf("Close() = %v", err)
			}
		}
	}
}

func testFormatRefused(t *testing.T, f Fixture) {
	format := func(what, admin string, spec agent.Format) error {
		_, a := f.admin(t)
		return a.Format(t.Context(), secret(admin), spec)
	}
	tok, _ := f.admin(t)
	f.login(t, tok)
	newKey(t, tok, agent.P256)
	good := agent.Format{PIN: secret(agent.DefaultPIN)}
	wantErr(t, "K38 Format(33 bytes)", format("long", f.AdminPIN, agent.Format{Label: strings.Repeat("a", 33), PIN: good.PIN}), agent.ErrLabel)
	wantErr(t, "K38 Format(17 letters of two bytes)", format("long", f.AdminPIN, agent.Format{Label: strings.Repeat("қ", 17), PIN: good.PIN}), agent.ErrLabel)
	wantErr(t, "Format(not UTF-8)", format("bytes", f.AdminPIN, agent.Format{Label: "\xff", PIN: good.PIN}), agent.ErrLabel)
	wantErr(t, "K98 Format(short PIN)", format("short", f.AdminPIN, agent.Format{PIN: secret("7")}), agent.ErrPINLength)
	wantAdminPINError(t, "K35 Format(wrong)", format("wrong", f.AdminPIN+"7", good))
	wantAdminPINError(t, "K35 Format(empty)", format("empty", "", good))
	if i := f.info(t); len(i.Keys) != 1 {
		t.Errorf("List() after what was refused = %+v, want the key there", i)
	}
	f.login(t, f.open(t)) // with its own PIN
}

func testObjects(t *testing.T, f Fixture) {
	tok, a := f.admin(t)
	f.login(t, tok)
	k := newKey(t, tok, agent.P256)
	orphan := randomID(8)
	if _, err := tok.GenerateKey(t.Context(), agent.KeySpec{ID: orphan, Label: "Half", Algorithm: agent.P256}); err != nil {
		t.Fatal(err)
	}
	kinds := func(id []byte) (all []agent.ObjectKind) {
		t.Helper()
		objects, err := a.Objects(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			if bytes.Equal(o.ID, id) {
				all = append(all, o.Kind)
				if o.Kind == agent.ObjectCertificate {
					sameCertificate(t, "Objects()", o.Certificate, k.Certificate())
				} else if o.Algorithm != "P-256" || o.Private != (o.Kind == agent.ObjectPrivateKey) || o.Copied {
					t.Errorf("Objects() has %+v, want a P-256 key of this token alone, the private one private", o)
				}
			}
		}
		slices.Sort(all)
		return all
	}
	want := func(what string, got, want []agent.ObjectKind) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	cert, private, public := agent.ObjectCertificate, agent.ObjectPrivateKey, agent.ObjectPublicKey
	want("the key", kinds(k.ID()), []agent.ObjectKind{cert, private, public})
	want("K53 the half-made key", kinds(orphan), []agent.ObjectKind{private, public})
	logout(t, tok)
	want("the key without login", kinds(k.ID()), []agent.ObjectKind{cert, public})
	want("K53 the half-made key without login", kinds(orphan), []agent.ObjectKind{public})

	half := agent.Object{Kind: private, ID: orphan, Label: "Half"}
	wantErr(t, "Delete while locked", a.Delete(t.Context(), half), agent.ErrLocked)
	f.login(t, tok)
	wantErr(t, "Delete(another label)", a.Delete(t.Context(), agent.Object{Kind: private, ID: orphan, Label: "half"}), agent.ErrNoKey)
	wantErr(t, "Delete(another kind)", a.Delete(t.Context(), agent.Object{Kind: cert, ID: orphan, Label: "Half"}), agent.ErrNoKey)
	if err := a.Delete(t.Context(), half); err != nil {
		t.Fatalf("Delete() = %v", err)
	}
	if slices.Contains(kinds(orphan), private) {
		t.Error("the deleted key is there")
	}
	wantErr(t, "Delete() again", a.Delete(t.Context(), half), agent.ErrNoKey)
	mustSign(t, listed(t, tok, k.ID()))
}

func testDetails(t *testing.T, f Fixture) {
	_, a := f.admin(t)
	d, err := a.Details(t.Context())
	if err != nil || d.Driver == "" || d.Firmware == "" || d.Hardware == "" || !slices.Contains(d.Mechanisms, "CKM_RSA_PKCS") || !slices.IsSorted(d.Mechanisms) {
		t.Errorf("Details() = %+v, %v", d, err)
	}
}

func testAdminContext(t *testing.T, f Fixture) {
	tok, a := f.admin(t)
	f.login(t, tok)
	k := newKey(t, tok, agent.P256)
	ended, end := context.WithCancel(t.Context())
	end()
	pin := secret(f.AdminPIN)
	_, objects := a.Objects(ended)
	_, details := a.Details(ended)
	for what, err := range map[string]error{
		"CheckAdminPIN": a.CheckAdminPIN(ended, pin), "SetAdminPIN": a.SetAdminPIN(ended, pin, secret(f.AdminPIN+"7")),
		"Unblock": a.Unblock(ended, pin, secret(agent.DefaultPIN)), "Objects": objects, "Details": details,
		"Delete": a.Delete(ended, agent.Object{Kind: agent.ObjectPrivateKey, ID: k.ID(), Label: k.Label()}),
		"Format": a.Format(ended, pin, agent.Format{PIN: secret(agent.DefaultPIN)}),
	} {
		wantErr(t, what, err, context.Canceled)
	}
	mustSign(t, k) // nothing of this reached the token
}

func testAdminRemoved(t *testing.T, f Fixture) {
	f.removable(t)
	_, a := f.admin(t)
	f.Remove(t)
	pin := secret(f.AdminPIN)
	_, objects := a.Objects(t.Context())
	for what, err := range map[string]error{
		"CheckAdminPIN": a.CheckAdminPIN(t.Context(), pin), "SetAdminPIN": a.SetAdminPIN(t.Context(), pin, secret(f.AdminPIN+"7")),
		"Unblock": a.Unblock(t.Context(), pin, secret(agent.DefaultPIN)), "Objects": objects,
		"K45 Format": a.Format(t.Context(), pin, agent.Format{PIN: secret(agent.DefaultPIN)}),
	} {
		wantErr(t, what+" without the token", err, agent.ErrTokenLost)
	}
	f.Insert(t)
	f.login(t, f.open(t)) // it is what it was
}
