package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed peer/gost.c
var engineSource []byte

// engine is a child with OpenSSL's GOST engine, which loops over libcrypto. What
// `openssl` does for one file is for the greater part its own start.
type engine struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startEngine builds the child in dir and starts it. It is an absentError where the
// compiler, the headers of OpenSSL or the engine are missing.
func startEngine(ctx context.Context, dir string) (*engine, error) {
	source, program := filepath.Join(dir, "gost.c"), filepath.Join(dir, "gostengine")
	if err := os.WriteFile(source, engineSource, 0o600); err != nil {
		return nil, err
	}
	// Engines are deprecated since OpenSSL 3.0.
	out, err := exec.CommandContext(ctx, "gcc", "-O2", "-Wno-deprecated-declarations", "-o", program, source, "-lcrypto").CombinedOutput()
	if err != nil {
		return nil, absentError(fmt.Sprintf("building the peer (gcc, libssl-dev): %v\n%s", err, out))
	}
	e := &engine{cmd: exec.CommandContext(ctx, program)}
	var complaint strings.Builder
	e.cmd.Stderr = &complaint
	if e.in, err = e.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	e.out = bufio.NewReader(stdout)
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := e.answer(); err != nil { // that it is ready
		e.close()
		return nil, absentError("OpenSSL has no GOST engine (libengine-gost-openssl): " + complaint.String())
	}
	return e, nil
}

func (e *engine) close() error { return errors.Join(e.in.Close(), e.cmd.Wait()) }

// run has a job done, a line as peer/gost.c takes it, and returns what it took.
func (e *engine) run(job string) (time.Duration, error) {
	if _, err := fmt.Fprintln(e.in, job); err != nil {
		return 0, fmt.Errorf("GOST engine: %w", err)
	}
	return e.answer()
}

func (e *engine) answer() (time.Duration, error) {
	text, err := e.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("GOST engine: %w", err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return time.Duration(n), err
}
