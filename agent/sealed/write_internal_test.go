package sealed

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestKilled ends a process after each step of WriteFile.
func TestKilled(t *testing.T) {
	old, young := []byte("old content"), []byte("new content that is longer")
	for step, want := range map[string][]byte{"created": old, "written": old, "synced": old, "renamed": young} {
		t.Run(step, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := WriteFile(path, old); err != nil {
				t.Fatal(err)
			}
			c := exec.Command(os.Args[0])
			c.Env = append(os.Environ(), "SEALED_STEP="+step, "SEALED_PATH="+path, "SEALED_DATA="+string(young))
			out, err := c.CombinedOutput()
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.Success() || len(out) != 0 {
				t.Fatalf("child ended with %v: %s; want it killed", err, out)
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != string(want) {
				t.Errorf("killed when %s: file is %q %v, want %q", step, got, err, want)
			}
			if err := WriteFile(path, young); err != nil { // what the dead left is not in the way
				t.Error(err)
			}
		})
	}
}

// TestMain is also the process that is killed.
func TestMain(m *testing.M) {
	at, ok := os.LookupEnv("SEALED_STEP")
	if !ok {
		os.Exit(m.Run())
	}
	testOnlyStep = func(step string) {
		if step != at {
			return
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err != nil {
			panic(err)
		}
		select {} // until the kill arrives
	}
	if err := WriteFile(os.Getenv("SEALED_PATH"), []byte(os.Getenv("SEALED_DATA"))); err != nil {
		panic(err)
	}
}
