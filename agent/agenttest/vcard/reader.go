package vcard

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"qoltanba/agent/agenttest/sandbox"
)

// driver is the reader in software of vsmartcard-vpcd, and port where it waits
// for a card.
const (
	driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
	port   = 35963
)

// modules is where distributions put OpenSC's PKCS #11 library.
var modules = []string{
	"/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
	"/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
}

// config of OpenSC: nothing of a card is kept on the disk, and C_InitPIN as the
// administrator, whose PIN is the PUK, unblocks a card.
const config = `app default {
  framework pkcs15 { use_file_caching = no; }
}
app opensc-pkcs11 {
  pkcs11 { user_pin_unblock_style = init_pin_in_so_session; }
}
`

// Needs is what a test has to ask of package sandbox before it uses a Reader.
func Needs() sandbox.Needs {
	return sandbox.Needs{
		Programs: []string{"pcscd", "pkcs15-init"},
		Files:    []string{driver, module()},
		Private:  []string{"/run"}, // where pcscd listens
	}
}

// module is the first library that is there, or the first.
func module() string {
	for _, m := range modules {
		if _, err := os.Stat(m); err == nil {
			return m
		}
	}
	return modules[0]
}

// Reader is a card reader without a card.
type Reader struct {
	Module string // path of OpenSC's PKCS #11 library

	conn     *net.TCPConn   // to the card that is in, or nil
	cards    sync.WaitGroup // that are or were in
	inserted chan struct{}  // has room for one: pcscd has seen a card
}

// Start runs pcscd with one reader until the test ends, and points OPENSC_CONF
// of this process at a configuration of its own.
func Start(t testing.TB) *Reader {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("OPENSC_CONF", write("opensc.conf", config))
	readers := write("reader.conf", fmt.Sprintf(
		"FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:%#x\nLIBPATH %s\nCHANNELID %#x\n", port, driver, port))

	cmd := exec.Command("pcscd", "--foreground", "--info", "--config", readers)
	cmd.Env = append(os.Environ(), "PCSCLITE_HP_DROPDIR="+dir) // no drivers for real readers
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &Reader{Module: module(), inserted: make(chan struct{}, 1)}
	ready, logged := make(chan struct{}), make(chan string)
	go func() { // ends with pcscd
		var all strings.Builder
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			fmt.Fprintln(&all, lines.Text())
			switch {
			case strings.HasSuffix(lines.Text(), "daemon ready."):
				close(ready)
			// A card that is there when the reader is looked at first is not "inserted".
			case strings.Contains(lines.Text(), "Card inserted into"), strings.Contains(lines.Text(), "Card ATR: "):
				select {
				case r.inserted <- struct{}{}:
				default:
				}
			}
		}
		logged <- all.String()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		if log := <-logged; t.Failed() {
			t.Logf("pcscd:\n%s", log)
		}
		_ = cmd.Wait() // killed
		r.cards.Wait()
	})
	select {
	case <-ready:
	case log := <-logged:
		t.Fatalf("pcscd ended:\n%s", log)
	}
	return r
}

// Insert puts a card into the reader, which must be empty, until Remove or the
// end of the test. pcscd sees it up to half a second later.
func (r *Reader) Insert(t testing.TB, c *Card) {
	t.Helper()
	if r.conn != nil {
		t.Fatal("a card is in the reader already")
	}
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	c.Reset()
	r.conn = conn
	r.cards.Go(func() { c.serve(conn) }) // ends when the card is removed, or pcscd ends
	t.Cleanup(func() {
		if r.conn == conn {
			r.Remove(t)
		}
	})
}

// Remove pulls the card out, also while it works: its answer reaches nobody.
func (r *Reader) Remove(t testing.TB) {
	t.Helper()
	if r.conn == nil {
		t.Fatal("no card is in the reader")
	}
	_ = r.conn.Close() // pcscd may have closed it
	r.conn = nil
}

// serve speaks the protocol of vpcd until the connection ends: a length of two
// bytes and then an APDU or one of the messages below. APDUs and the request for
// the ATR are answered.
func (c *Card) serve(conn *net.TCPConn) {
	const powerOff, powerOn, reset, atr = 0, 1, 2, 4
	var length [2]byte
	for {
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		acknowledge(conn)
		message := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, message); err != nil {
			return
		}
		var answer []byte
		switch {
		case len(message) != 1:
			answer = c.Transmit(message)
		case message[0] == atr:
			answer = c.ATR()
		default: // powerOff, powerOn, reset
			c.Reset()
			continue
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// Personalise puts a card into the reader, gives it the file system of
// PKCS #15, a label, a serial number of an even number of hexadecimal digits,
// a PIN and a PUK of 16 bytes, and takes it out.
func (r *Reader) Personalise(t testing.TB, c *Card, label, serial, pin, puk string) {
	t.Helper()
	select {
	case <-r.inserted: // an earlier one
	default:
	}
	r.Insert(t, c)
	defer r.Remove(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	select { // not left to pkcs15-init --wait, which may miss the card and wait for ever
	case <-r.inserted:
	case <-ctx.Done():
		t.Fatal("pcscd has not seen the card in a minute")
	}
	cmd := exec.CommandContext(ctx, "pkcs15-init", "--create-pkcs15", "--label", label, "--serial", serial, "--so-pin", pin, "--so-puk", puk)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pkcs15-init: %v\n%s", err, out)
	}
}
