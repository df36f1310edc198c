package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A wire carries the agent's connections to a bank. As the agent has one for each
// message, it can be cut at each of them: the agent is killed when it has connected and
// the bank has nothing, or when the bank has answered and the agent has nothing.
type wire struct {
	listener net.Listener
	bank     string // its address

	mu    sync.Mutex // held while a clerk is started
	clerk *os.Process
	at    int  // connection at which the clerk is killed, from 1; 0 for never
	after bool // when the bank has answered, not before it was asked
	count int  // of connections
}

// newWire returns a wire that ends with the test, and puts it into a descriptor.
func newWire(t *testing.T, bank string, descriptor []byte) (*wire, []byte) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(bank, "https://")
	w := &wire{listener: listener, bank: host}
	done := make(chan struct{})
	go func() { // ends when the listener is closed
		defer close(done)
		var all sync.WaitGroup
		defer all.Wait()
		for {
			agent, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { w.carry(agent) })
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return w, bytes.ReplaceAll(descriptor, []byte(host), []byte("localhost:"+port))
}

// start starts a clerk, over this wire if there is one.
func (w *wire) start(clerk *exec.Cmd) error {
	if w == nil {
		return clerk.Start()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	err := clerk.Start()
	w.clerk, w.count = clerk.Process, 0
	return err
}

// cut has the next clerk killed at one of its connections, or at none when that is 0.
// It does nothing without a wire.
func (w *wire) cut(at int, after bool) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.after = at, after
}

// connections tells how many the last clerk had.
func (w *wire) connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}

// carry carries one connection to its end.
func (w *wire) carry(agent net.Conn) {
	defer agent.Close()
	w.mu.Lock()
	w.count++
	clerk, here, after := w.clerk, w.count == w.at, w.after
	w.mu.Unlock()
	if here && !after {
		clerk.Kill()
		return
	}
	bank, err := net.Dial("tcp", w.bank)
	if err != nil {
		return
	}
	defer bank.Close()
	// After the handshake's first flight from the bank the agent sends its request, and
	// then all that comes from the bank is the answer: it issues no tickets.
	var greeted, asked atomic.Bool
	ended := make(chan struct{})
	go func() { // ends with either connection
		defer close(ended)
		io.Copy(bank, reader(func(p []byte) (int, error) {
			n, err := agent.Read(p)
			asked.Store(greeted.Load() && n > 0 || asked.Load())
			return n, err
		}))
		bank.(*net.TCPConn).CloseWrite()
	}()
	answer := make([]byte, 32<<10)
	for {
		n, err := bank.Read(answer)
		greeted.Store(true)
		if err == nil && !(here && asked.Load()) {
			_, err = agent.Write(answer[:n])
		}
		if err != nil {
			break
		}
	}
	if here {
		clerk.Kill()
	}
	agent.Close()
	<-ended
}

type reader func(p []byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }
