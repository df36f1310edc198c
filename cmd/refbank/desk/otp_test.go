package desk_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/devicetest"
	"qoltanba/cmd/refbank/store"
)

var owner = desk.Owner{How: desk.Branch, IIN: desk.DemoClient().IIN}

func TestIssueSpectra(t *testing.T) {
	d := newDesk(t)
	user, name := desk.DemoClient().UserID, filepath.Join(t.TempDir(), "token.pskc")
	issued, err := d.IssueSpectra(t.Context(), user, owner, name)
	if err != nil {
		t.Fatal(err)
	}
	if otp.CheckSerial(issued.Serial) != nil || len(issued.StartPIN) != otp.PINLen || otp.CheckNewPIN([]byte(issued.StartPIN)) != nil || len(issued.Password) < 16 {
		t.Errorf("S26 IssueSpectra = %+v", issued)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, want mode 0600", info, err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := otp.ReadPSKC(data, otp.Transport{Password: []byte(strings.ToLower(issued.Password))}); !errors.Is(err, otp.ErrMAC) {
		t.Errorf("ReadPSKC(other password) = %v, want ErrMAC", err)
	}
	if _, err := otp.ReadPSKC(data, otp.Transport{}); !errors.Is(err, otp.ErrEncrypted) {
		t.Errorf("ReadPSKC(no password) = %v, want ErrEncrypted", err)
	}
	t.Run("pskctool", func(t *testing.T) {
		if out, err := exec.Command(need.Program(t, "pskctool"), "--validate", name).CombinedOutput(); err != nil || !strings.Contains(string(out), "OK") {
			t.Errorf("pskctool --validate: %v\n%s", err, out)
		}
	})
	device := devicetest.NewSpectra(t, name, issued.Password)
	if device.Serial() != issued.Serial {
		t.Errorf("S31 serial number in the file = %s, want %s", device.Serial(), issued.Serial)
	}
	if c, err := d.Store.LoginByCode(t.Context(), store.CodeLogin{UserID: user, Code: device.Code(0)}, time.Now()); err != nil || c.UserID != user {
		t.Errorf("S1 LoginByCode = %+v, %v", c, err)
	}

	// What goes wrong leaves the token in force.
	for name, test := range map[string]struct {
		user  string
		owner desk.Owner
		file  string
		want  error
	}{
		"file is there":    {user, owner, name, os.ErrExist},
		"unknown client":   {"nobody", owner, name + "2", store.ErrNotFound},
		"nobody looked":    {user, desk.Owner{IIN: owner.IIN}, name + "3", desk.ErrOwner},
		"another person":   {user, desk.Owner{How: desk.Phone, IIN: "900101300459"}, name + "4", desk.ErrOwner},
		"folder is gone":   {user, owner, filepath.Join(name+".d", "x"), os.ErrNotExist},
		"nobody is nobody": {user, desk.Owner{}, name + "5", desk.ErrOwner},
	} {
		if _, err := d.IssueSpectra(t.Context(), test.user, test.owner, test.file); !errors.Is(err, test.want) {
			t.Errorf("%s: IssueSpectra = %v, want %v", name, err, test.want)
		}
		if _, err := os.Stat(test.file); test.want != os.ErrExist && err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
	if now, err := d.Store.SpectraTokenOf(t.Context(), user); err != nil || now.Serial != issued.Serial || now.Codes.Blocked {
		t.Errorf("SpectraTokenOf = %+v, %v, want the first token", now, err)
	}
}

func TestIssueMobiPass(t *testing.T) {
	d := newDesk(t)
	user := desk.DemoClient().UserID
	if _, err := d.BlockMobiPass(t.Context(), user); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("BlockMobiPass(none) = %v, want ErrNotFound", err)
	}
	if _, err := d.BlockSpectra(t.Context(), user); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("BlockSpectra(none) = %v, want ErrNotFound", err)
	}
	first, err := d.IssueMobiPass(t.Context(), user, owner)
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range first.Parts {
		if len(part) != 8 {
			t.Errorf("M20 part %d has %d digits, want 8", i+1, len(part))
		}
	}
	if _, err := otp.OurParts.Key(first.Parts); err != nil || len(first.Parts) != 4 {
		t.Errorf("M17 M20 the parts do not fit: %v", err)
	}
	if envelope, err := d.BlockMobiPass(t.Context(), user); err != nil || envelope != first.Envelope {
		t.Errorf("M24 BlockMobiPass = %s, %v, want %s", envelope, err, first.Envelope)
	}
	if _, err := d.IssueMobiPass(t.Context(), user, desk.Owner{How: desk.Branch}); !errors.Is(err, desk.ErrOwner) {
		t.Errorf("M53 IssueMobiPass(nobody) = %v, want ErrOwner", err)
	}
	if m, err := d.Store.MobiPassOf(t.Context(), user); err != nil || m.Envelope != first.Envelope || !m.State.Blocked {
		t.Errorf("M53 MobiPassOf = %+v, %v, want the blocked one", m, err)
	}
	second, err := d.IssueMobiPass(t.Context(), user, owner)
	if err != nil || second.Envelope == first.Envelope || second.Parts[0] == first.Parts[0] {
		t.Errorf("M53 IssueMobiPass = %v, or the same as before", err)
	}
	if m, err := d.Store.MobiPassOf(t.Context(), user); err != nil || m.Envelope != second.Envelope || m.State != (otp.SignState{}) {
		t.Errorf("M53 MobiPassOf = %+v, %v, want the new one", m, err)
	}
}
