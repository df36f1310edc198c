package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogIsBounded(t *testing.T) {
	d, err := locate(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.state, "agent.log")
	fill := func(word string) {
		t.Helper()
		log, file, err := openLog(d, false)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for range 2 * maxLog / 256 {
			log.Info(word, "filler", strings.Repeat("x", 256))
		}
	}
	look := func(path string) string {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) == 0 || len(b) > maxLog {
			t.Errorf("%s has %d bytes, want 1 to %d", path, len(b), maxLog)
		}
		return string(b)
	}
	fill("first")
	if !strings.Contains(look(path)+look(path+".1"), "first") {
		t.Error("the first words are nowhere")
	}
	fill("second")
	if !strings.HasSuffix(look(path), "\n") || !strings.Contains(look(path), "second") || strings.Contains(look(path+".1"), "first") {
		t.Error("the log does not go on where it ended")
	}
	if all, err := os.ReadDir(d.state); err != nil || len(all) != 2 {
		t.Errorf("the folder has %v, %v, want two files", all, err)
	}
}

// A line that cannot be kept is lost; the log goes on when it can.
func TestLogAfterAFailure(t *testing.T) {
	d, err := locate(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	log, file, err := openLog(d, false)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	inTheWay := filepath.Join(d.state, "agent.log.1", "x")
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("x", maxLog/2)
	for range 4 {
		log.Info(line)
	}
	if info, err := os.Stat(filepath.Join(d.state, "agent.log")); err != nil || info.Size() > maxLog {
		t.Errorf("the log has %v, %v, want at most %d bytes", info.Size(), err, maxLog)
	}
	if err := os.RemoveAll(filepath.Dir(inTheWay)); err != nil {
		t.Fatal(err)
	}
	log.Info("on again")
	if b, err := os.ReadFile(filepath.Join(d.state, "agent.log")); err != nil || !strings.Contains(string(b), "on again") {
		t.Errorf("the log ends with %.100q, %v", b, err)
	}
}
