package bank_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/bank"
)

const good = `{"names":{"en":"Reference Bank"},"origins":["https://ib.refbank.test"],
 "driver":{"name":"KAZTOKEN","modules":["libsofthsm2.so"],"download":"https://kaztoken.kz/downloads/"},
 "support":{"phones":["+7 727 000 00 00"],"texts":{"en":"Around the clock"}}}`

func TestParse(t *testing.T) {
	d, err := bank.Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if d.Names["en"] != "Reference Bank" || d.Driver.Name != "KAZTOKEN" || d.Trusted {
		t.Errorf("Parse = %+v", d)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, change := range map[string][2]string{
		"an unknown field":  {`"driver"`, `"drivers"`},
		"a path as module":  {"libsofthsm2.so", "../evil.so"},
		"a drive as module": {"libsofthsm2.so", "C:evil.dll"},
		"a bad origin":      {"https://ib.refbank.test", "https://ib.refbank.test/"},
		"a second value":    {`"Around the clock"}}}`, `"Around the clock"}}} {}`},
		"no names":          {`"en":"Reference Bank"`, ``},
		"broken JSON":       {`{"names"`, `{names`},
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
