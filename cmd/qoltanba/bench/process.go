package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	startLimit = 30 * time.Second // for a program to do what is waited for
	endLimit   = 5 * time.Second  // for a program to end after SIGTERM
	look       = 2 * time.Millisecond
)

// agentPorts are those that the real agent tries, in this order.
var agentPorts = []int{13591, 13592}

// process is a program that was started here.
type process struct {
	name string
	cmd  *exec.Cmd
	said chan string   // the first line of its stdout
	done chan struct{} // closed when it has ended
}

// start starts a program that ends with ctx, or is missing (absentError).
func start(ctx context.Context, env []string, name string, args ...string) (*process, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, absentError(name + " is not installed")
	}
	p := &process{
		name: filepath.Base(name), cmd: exec.CommandContext(ctx, path, args...),
		said: make(chan string, 1), done: make(chan struct{}),
	}
	p.cmd.Env = env
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = endLimit
	r, w := io.Pipe()
	p.cmd.Stdout = w
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	// Both end with the program.
	go func() {
		out := bufio.NewReader(r)
		if s, err := out.ReadString('\n'); err == nil {
			p.said <- strings.TrimSpace(s)
		}
		io.Copy(io.Discard, out)
	}()
	go func() {
		p.cmd.Wait() // how it ended is no news: it is told to
		w.Close()
		close(p.done)
	}()
	return p, nil
}

// end ends the program and waits for it.
func (p *process) end() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(endLimit, func() { p.cmd.Process.Kill() })
	defer kill.Stop()
	<-p.done
}

// line waits for the first line that the program prints.
func (p *process) line() (string, error) {
	select {
	case s := <-p.said:
		return s, nil
	case <-p.done:
		return "", fmt.Errorf("%s ended early", p.name)
	}
}

// until looks again and again whether it is so. It fails when that takes too
// long, or a program that is needed for it ends.
func until(ctx context.Context, what string, p *process, so func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	t := time.NewTicker(look)
	defer t.Stop()
	for !so() {
		select {
		case <-t.C:
		case <-p.done:
			return fmt.Errorf("waiting for %s: %s has ended", what, p.name)
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
	return nil
}

// programs returns the folder of the real programs: bin/, as make build leaves
// them there, or a folder with the agent alone, built here.
func (b *bench) programs(ctx context.Context) (string, error) {
	bin, err := filepath.Abs(b.bin)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(bin, "qoltanba")); err == nil {
		return bin, nil
	}
	bin = filepath.Join(b.temp, "bin")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin+"/", "qoltanba/cmd/qoltanba")
	if out, err := build.CombinedOutput(); err != nil {
		return "", absentError(fmt.Sprintf("bin/qoltanba is not there and cannot be built: %v\n%s", err, out))
	}
	return bin, nil
}

// realAgent is the agent's program, listening for pages.
type realAgent struct {
	*process
	port  int
	ready time.Duration // from its start until the port took connections
}

// startAgent starts the real agent with a new home.
func (b *bench) startAgent(ctx context.Context, d *desktop, bin string) (*realAgent, error) {
	a := &realAgent{port: freePort()}
	if a.port == 0 {
		return nil, absentError("other agents have the ports")
	}
	home, err := os.MkdirTemp(b.temp, "home")
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	a.process, err = start(ctx, append(d.env, "SOFTHSM2_CONF="+b.tokens.config), filepath.Join(bin, "qoltanba"),
		"--home", home, "--module", b.tokens.module)
	if err != nil {
		return nil, err
	}
	err = until(ctx, "the agent's port", a.process, func() bool {
		c, err := net.Dial("tcp", address(a.port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	a.ready = time.Since(begin)
	if err != nil {
		a.end()
		log, _ := os.ReadFile(filepath.Join(home, "state", "agent.log"))
		return nil, errors.Join(err, errors.New(string(log)))
	}
	return a, nil
}

// freePort returns the port that the agent will take, 0 when there is none.
func freePort() int {
	for _, port := range agentPorts {
		if l, err := net.Listen("tcp", address(port)); err == nil {
			l.Close()
			return port
		}
	}
	return 0
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
