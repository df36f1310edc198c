//go:build unix

package discover

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
)

// vendorFolders is a module that a link leads to through another link, each in
// a folder of its own.
func vendorFolders(t *testing.T) (root, link, file string) {
	root = t.TempDir()
	file = write(t, filepath.Join(root, "opt", "vendor", "module.so"), "")
	for _, dir := range []string{"lib", "alternatives"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link = filepath.Join(root, "lib", "module.so")
	for from, to := range map[string]string{
		link: "../alternatives/module.so",
		filepath.Join(root, "alternatives", "module.so"): file,
	} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	return root, link, file
}

func TestCheck(t *testing.T) {
	root, link, file := vendorFolders(t)
	for _, p := range []string{file, link} {
		if real, err := check(p); err != nil || real != file {
			t.Errorf("check(%s) = %s, %v, want %s", p, real, err, file)
		}
	}
	for _, p := range []string{filepath.Join(root, "missing.so"), root} {
		if _, err := check(p); !errors.Is(err, agent.ErrModuleMissing) || !errors.Is(err, agent.ErrModule) {
			t.Errorf("check(%s) = %v, want ErrModuleMissing", p, err)
		}
	}
	// Each step on the way from the link to the file, and how somebody can take it over.
	for name, c := range map[string]struct {
		step string
		mode os.FileMode
	}{
		"file":                  {"opt/vendor/module.so", 0o757},
		"file, group":           {"opt/vendor/module.so", 0o775},
		"folder":                {"opt/vendor", 0o777},
		"folder, group":         {"opt/vendor", 0o775},
		"folder above":          {"opt", 0o777},
		"folder of the link":    {"lib", 0o777},
		"folder of a next link": {"alternatives", 0o777},
	} {
		t.Run(name, func(t *testing.T) {
			step := filepath.Join(root, c.step)
			before, err := os.Stat(step)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(step, c.mode); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(step, before.Mode())
			if real, err := check(link); !errors.Is(err, agent.ErrModuleUnsafe) || !errors.Is(err, agent.ErrModule) || real != file {
				t.Errorf("check = %s, %v, want %s and ErrModuleUnsafe", real, err, file)
			}
		})
	}
	t.Run("sticky folder", func(t *testing.T) {
		dir := filepath.Join(root, "lib")
		if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o755)
		if _, err := check(link); err != nil {
			t.Errorf("check = %v, as nobody can replace our link in a sticky folder", err)
		}
	})
	t.Run("a loop", func(t *testing.T) {
		loop := filepath.Join(root, "loop.so")
		if err := os.Symlink("loop.so", loop); err != nil {
			t.Fatal(err)
		}
		if _, err := check(loop); !errors.Is(err, agent.ErrModuleMissing) {
			t.Errorf("check = %v, want ErrModuleMissing", err)
		}
	})
}

func TestCheckOwner(t *testing.T) {
	need.Root(t, "give a file away")
	root, link, _ := vendorFolders(t)
	for _, step := range []string{"opt/vendor/module.so", "opt/vendor", "lib", "lib/module.so", "alternatives/module.so"} {
		p := filepath.Join(root, step)
		if err := os.Lchown(p, 65534, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := check(link); !errors.Is(err, agent.ErrModuleUnsafe) {
			t.Errorf("check where %s is another user's = %v, want ErrModuleUnsafe", step, err)
		}
		if err := os.Lchown(p, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := check(link); err != nil {
		t.Errorf("check = %v", err)
	}
}

// Same size, same dates, same inode: only the content tells.
func TestDigest(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "module.so"), "one")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	before, err := Digest(path)
	if want := "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"; before != want || err != nil {
		t.Fatalf("Digest(one) = %s, %v, want %s", before, err, want)
	}
	write(t, path, "two")
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if after, err := Digest(path); after == before || err != nil {
		t.Errorf("Digest(two) = %s, %v, want another", after, err)
	}
	if _, err := Digest(path + ".missing"); !errors.Is(err, agent.ErrModuleMissing) {
		t.Errorf("Digest(missing) = %v, want ErrModuleMissing", err)
	}
}
