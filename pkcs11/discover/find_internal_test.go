//go:build unix

package discover

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/softhsm"
)

// write makes a file and the folders above it.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// computer is a computer's folders below a temporary one.
func computer(t *testing.T) (root string, p places) {
	root = t.TempDir()
	at := func(names ...string) (all []string) {
		for _, n := range names {
			all = append(all, filepath.Join(root, n))
		}
		return all
	}
	return root, places{
		folders: at("lib", "lib/pkcs11"), bundles: filepath.Join(root, "Frameworks"),
		p11kit: p11kit{lists: at("etc", "share"), modules: at("lib/pkcs11")},
	}
}

// A file is there once, however many names lead to it, and in a fixed order.
func TestFind(t *testing.T) {
	root, p := computer(t)
	at := func(name string) string { return filepath.Join(root, name) }
	for _, name := range []string{"named.so", "own.so", "lib/libbank.so.1", "lib/pkcs11/listed.so", "Frameworks/bundle.framework/bundle"} {
		write(t, at(name), "")
	}
	for link, target := range map[string]string{"lib/libbank.so": "libbank.so.1", "link.so": "named.so", "lib/libnamed.so": "../named.so"} {
		if err := os.Symlink(target, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, at("share/a.module"), "module: listed.so\n")
	write(t, at("share/b.module"), "module: "+at("lib/libbank.so")+"\n")
	all, err := p.find(Sources{
		Named: []string{at("link.so"), at("missing.so"), at("named.so")},
		Own:   []string{at("own.so"), at("lost.so"), at("lib/libbank.so.1"), at("named.so")},
		Known: []Known{
			{"KAZTOKEN", []string{"libbank.so", "libbank.dll", "libbank.so.1"}},
			{"Another", []string{"libbank.so", "libnamed.so", "bundle"}},
		},
	})
	want := []agent.Driver{
		{Path: at("named.so"), Name: "Another", Own: true},
		{Path: at("missing.so"), Problem: "module-missing"},
		{Path: at("own.so"), Own: true},
		{Path: at("lost.so"), Own: true, Problem: "module-missing"},
		{Path: at("lib/libbank.so.1"), Name: "KAZTOKEN", Own: true},
		{Path: at("Frameworks/bundle.framework/bundle"), Name: "Another"},
		{Path: at("lib/pkcs11/listed.so")},
	}
	if !slices.Equal(all, want) {
		t.Errorf("find =\n%+v, want\n%+v", all, want)
	}
	for _, name := range []string{"missing.so", "lost.so"} {
		if err == nil || !strings.Contains(err.Error(), at(name)) {
			t.Errorf("find's error = %v, want one that names %s", err, name)
		}
	}
}

func TestK9NothingFound(t *testing.T) {
	_, p := computer(t)
	if all, err := p.find(Sources{Known: []Known{{"KAZTOKEN", []string{"libkaz.so"}}}}); len(all) != 0 || err != nil {
		t.Errorf("find on an empty computer = %v, %v, want nothing", all, err)
	}
}

// What others can change is told and not left out.
func TestFindTellsUnsafe(t *testing.T) {
	root, p := computer(t)
	path := write(t, filepath.Join(root, "lib", "bank.so"), "")
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	all, err := p.find(Sources{Known: []Known{{"KAZTOKEN", []string{"bank.so"}}}})
	if want := []agent.Driver{{Path: path, Name: "KAZTOKEN", Problem: "module-unsafe"}}; !slices.Equal(all, want) || err == nil {
		t.Errorf("find = %+v, %v, want %+v and an error", all, err, want)
	}
}

func TestP11Kit(t *testing.T) {
	for name, c := range map[string]struct {
		share, etc string
		want       string // file in lib/pkcs11, or ""
	}{
		"listed":               {share: "module: a.so", want: "a.so"},
		"comments and spaces":  {share: "# module: b.so\n\n  module :  a.so \nx-more: yes", want: "a.so"},
		"absolute":             {share: "module: ROOT/lib/pkcs11/b.so", want: "b.so"},
		"not installed":        {share: "module: missing.so"},
		"no module":            {share: "critical: yes"},
		"a setting goes first": {share: "module: a.so", etc: "module: b.so", want: "b.so"},
		"switched off":         {share: "module: a.so", etc: "module:"},
		"merged":               {share: "module: a.so", etc: "disable-in: qoltanba"},
		"another's only":       {share: "module: a.so\nenable-in: firefox, ssh"},
		"ours among others":    {share: "module: a.so\nenable-in: firefox,qoltanba", want: "a.so"},
		"not for us":           {share: "module: a.so\ndisable-in: firefox qoltanba"},
		"not for another":      {share: "module: a.so\ndisable-in: p11-kit-proxy", want: "a.so"},
		"a longer name":        {share: "module: a.so\ndisable-in: qoltanba-window", want: "a.so"},
		"certificates":         {share: "module: a.so\ntrust-policy: yes"},
		"remote":               {share: "module: a.so\nremote: |ssh bank p11-kit remote a.so"},
		"the proxy":            {share: "module: ROOT/lib/pkcs11/p11-kit-proxy.so"},
	} {
		t.Run(name, func(t *testing.T) {
			root, p := computer(t)
			for _, file := range []string{"a.so", "b.so", "p11-kit-proxy.so"} {
				write(t, filepath.Join(root, "lib", "pkcs11", file), "")
			}
			for dir, text := range map[string]string{"share": c.share, "etc": c.etc} {
				if text != "" {
					write(t, filepath.Join(root, dir, "x.module"), strings.ReplaceAll(text, "ROOT", root))
				}
			}
			all, err := p.p11kit.paths()
			var want []string
			if c.want != "" {
				want = []string{filepath.Join(root, "lib", "pkcs11", c.want)}
			}
			if !slices.Equal(all, want) || err != nil {
				t.Errorf("paths = %v, %v, want %v", all, err, want)
			}
		})
	}
}

func TestP11KitOrder(t *testing.T) {
	root, p := computer(t)
	for _, name := range []string{"a", "b", "c"} {
		write(t, filepath.Join(root, "lib", "pkcs11", name+".so"), "")
	}
	write(t, filepath.Join(root, "share", "a.module"), "module: a.so")
	write(t, filepath.Join(root, "share", "b.module"), "module: b.so\npriority: 2")
	write(t, filepath.Join(root, "share", "c.module"), "module: c.so\npriority: high")
	write(t, filepath.Join(root, "share", ".d.module"), "module: b.so")
	write(t, filepath.Join(root, "share", "d.module.dpkg-old"), "module: b.so")
	all, err := p.p11kit.paths()
	for i, name := range []string{"b", "a", "c"} {
		if len(all) != 3 || filepath.Base(all[i]) != name+".so" || err != nil {
			t.Fatalf("paths = %v, %v, want b, a, c", all, err)
		}
	}
}

// On this computer SoftHSM2 is found by its file name, by its package's own
// folder.
func TestFindHere(t *testing.T) {
	want, err := filepath.EvalSymlinks(softhsm.New(t).Module)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Find(Sources{Known: []Known{{"SoftHSM2", []string{filepath.Base(want)}}}})
	if len(all) == 0 || all[0] != (agent.Driver{Path: want, Name: "SoftHSM2"}) {
		t.Errorf("Find = %+v, %v, want %s first", all, err, want)
	}
}
