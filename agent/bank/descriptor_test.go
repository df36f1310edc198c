package bank_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/bank"
)

const good = `{"names":{"en":"Reference Bank"},"origins":["https://ib.refbank.test"],"installer":"https://ib.refbank.test/installer/qoltanba.deb",
 "drivers":[{"name":"KAZTOKEN","modules":["libsofthsm2.so"],"download":"https://kaztoken.kz/downloads/","usb":["0a89","0a89:0030"]}],
 "support":{"phones":["+7 727 000 00 00"],"texts":{"en":"Around the clock"},"managers":{"en":"Room 5"}}}`

func TestParse(t *testing.T) {
	d, err := bank.Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if d.Names["en"] != "Reference Bank" || len(d.Drivers) != 1 || d.Drivers[0].Name != "KAZTOKEN" || len(d.Drivers[0].USB) != 2 ||
		d.Installer != "https://ib.refbank.test/installer/qoltanba.deb" || d.Support.Texts["en"] != "Around the clock" ||
		d.Support.Managers["en"] != "Room 5" || d.Trusted {
		t.Errorf("Parse = %+v", d)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, change := range map[string][2]string{
		"an unknown field":       {`"drivers"`, `"driver"`},
		"unknown of driver":      {`"usb"`, `"udb"`},
		"a path as module":       {"libsofthsm2.so", "../evil.so"},
		"a drive as module":      {"libsofthsm2.so", "C:evil.dll"},
		"no driver's name":       {`"KAZTOKEN"`, `""`},
		"a plain download":       {"https://kaztoken.kz/", "http://kaztoken.kz/"},
		"another download":       {"https://kaztoken.kz/", "javascript:alert(1)/"},
		"a download from a user": {"https://kaztoken.kz/", "https://kaztoken.kz@evil.test/"},
		"a plain installer":      {"https://ib.refbank.test/i", "http://ib.refbank.test/i"},
		"another installer":      {"https://ib.refbank.test/i", "javascript:alert(1)/i"},
		"a file as installer":    {"https://ib.refbank.test/i", "file:///i"},
		"a path as installer":    {"https://ib.refbank.test/i", "/i"},
		"no host of installer":   {"https://ib.refbank.test/i", "https://:443/i"},
		"a user of installer":    {"https://ib.refbank.test/i", "https://ib.refbank.test@evil.test/i"},
		"a long installer":       {"https://ib.refbank.test/i", "https://ib.refbank.test/" + strings.Repeat("i", 2048)},
		"a USB class":            {"0a89:0030", "0a89:*"},
		"a USB id in caps":       {"0a89:0030", "0A89:0030"},
		"a bad origin":           {"https://ib.refbank.test", "https://ib.refbank.test/"},
		"a second value":         {`"Room 5"}}}`, `"Room 5"}}} {}`},
		"a stray brace":          {`"Room 5"}}}`, `"Room 5"}}}}`},
		"no names":               {`"en":"Reference Bank"`, ``},
		"broken JSON":            {`{"names"`, `{names`},
		"a long name":            {"Reference Bank", strings.Repeat("n", 201)},
		"a long driver's name":   {"KAZTOKEN", strings.Repeat("n", 201)},
		"a long text":            {"Around the clock", strings.Repeat("т", 2001)},
		"a long way to managers": {"Room 5", strings.Repeat("m", 2001)},
		"a long telephone":       {"+7 727 000 00 00", strings.Repeat("7", 201)},
		"many telephones":        {`["+7 727 000 00 00"`, `["+7 727 000 00 00"` + strings.Repeat(`,"1"`, 20)},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, change[0], change[1], 1)
			if text == good {
				t.Fatal("nothing was changed")
			}
			_, err := bank.Parse([]byte(text))
			if !errors.Is(err, agent.ErrInvalid) && !errors.Is(err, agent.ErrOrigin) {
				t.Errorf("Parse = %v, want ErrInvalid or ErrOrigin", err)
			}
		})
	}
}

// K125: an installer on this computer is for the demo.
func TestInstallerOfTheDemo(t *testing.T) {
	for link, demo := range map[string]bool{
		"http://localhost:8443/installer/qoltanba": true,
		"http://localhost@evil.test/qoltanba":      false,
		"http://localhost.evil.test/qoltanba":      false,
	} {
		_, err := bank.Parse([]byte(strings.Replace(good, "https://ib.refbank.test/installer/qoltanba.deb", link, 1)))
		if accepted := err == nil; accepted != (demo && bank.DemoBuild) {
			t.Errorf("Parse with the installer %s = %v, demo build %t", link, err, bank.DemoBuild)
		}
	}
}

// The example that is installed beside the program is read, and sends people to
// the link of the bank's instructions.
func TestK10Example(t *testing.T) {
	data, err := os.ReadFile("../../installer/banks/bcc.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := bank.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"kk", "ru", "en"} {
		if d.Names[lang] == "" {
			t.Errorf("no name in %s", lang)
		}
	}
	if !slices.Equal(d.Origins, []string{"https://ib.bcc.kz"}) {
		t.Errorf("origins = %v", d.Origins)
	}
	if own := d.Drivers[0]; own.Name != "KAZTOKEN" || own.Download != "https://kaztoken.kz/downloads/" {
		t.Errorf("the bank's own token = %+v", own)
	}
	for _, name := range []string{"Rutoken", "eToken", "JaCarta", "YubiKey", "OpenSC", "SoftHSM2"} {
		if !slices.ContainsFunc(d.Drivers, func(d bank.Driver) bool { return d.Name == name && len(d.Modules) > 0 }) {
			t.Errorf("no candidates for %s", name)
		}
	}
}

func TestLoadKeepsTheGoodOnes(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.json": good, "b.json": "{", "c.txt": "{"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := bank.Load(dir, true)
	if len(all) != 1 || !all[0].Trusted {
		t.Errorf("Load = %v, want one trusted descriptor", all)
	}
	if err == nil || !strings.Contains(err.Error(), "b.json") {
		t.Errorf("Load's error = %v, want one that names b.json", err)
	}
	if all, err := bank.Load(filepath.Join(dir, "missing"), false); len(all) != 0 || err != nil {
		t.Errorf("Load(missing) = %v, %v, want nothing", all, err)
	}
}
