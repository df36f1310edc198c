package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// bareCommand makes this program the bare loop: it reads jobs from stdin until
// that ends, and answers each. Its argument is the module.
const bareCommand = "bare"

// job asks for so many signatures from so many sessions, each used by one
// goroutine.
type job struct {
	Key       []byte
	Algorithm agent.KeyAlgorithm
	Sessions  int
	Count     int
}

type jobDone struct {
	Took  time.Duration
	Error string
}

// bare is the agent's view of the bare loop.
type bare struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

func startBare(ctx context.Context, t *tokens) (*bare, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bare{cmd: exec.CommandContext(ctx, self, bareCommand, t.module)}
	b.cmd.Env = append(os.Environ(), "SOFTHSM2_CONF="+t.copied)
	b.cmd.Stderr = os.Stderr
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b.out = json.NewDecoder(out)
	return b, b.cmd.Start()
}

func (b *bare) close() error { return errors.Join(b.in.Close(), b.cmd.Wait()) }

// run has a job done and returns what it took.
func (b *bare) run(j job) (time.Duration, error) {
	if err := json.NewEncoder(b.in).Encode(j); err != nil {
		return 0, fmt.Errorf("bare loop: %w", err)
	}
	var d jobDone
	if err := b.out.Decode(&d); err != nil {
		return 0, fmt.Errorf("bare loop: %w", err)
	}
	if d.Error != "" {
		return 0, fmt.Errorf("bare loop: %s", d.Error)
	}
	return d.Took, nil
}

// serveBare is the child.
func serveBare(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("bare takes the path of a module")
	}
	l, err := newLoop(args[0])
	if err != nil {
		return err
	}
	defer l.close()
	for jobs, answers := json.NewDecoder(in), json.NewEncoder(out); ; {
		var j job
		if err := jobs.Decode(&j); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var d jobDone
		if d.Took, err = l.run(j); err != nil {
			d.Error = err.Error()
		}
		if err := answers.Encode(d); err != nil {
			return err
		}
	}
}

// loop is the library with an unlocked token.
type loop struct {
	lib      *p11.Ctx
	sessions []p11.SessionHandle // that jobs may use
}

// loopSessions is how many sessions there are, of the bare loop and of the path.
const loopSessions = 2

func newLoop(module string) (*loop, error) {
	l := &loop{lib: p11.New(module)}
	if l.lib == nil {
		return nil, fmt.Errorf("loading %s", module)
	}
	if err := l.lib.Initialize(); err != nil {
		return nil, err
	}
	slots, err := l.lib.GetSlotList(true)
	if err != nil {
		return nil, err
	}
	for _, slot := range slots {
		info, err := l.lib.GetTokenInfo(slot)
		if err != nil {
			return nil, err
		}
		if info.Label != tokenLabel {
			continue // SoftHSM's spare slot
		}
		for range loopSessions {
			s, err := l.lib.OpenSession(slot, p11.CKF_SERIAL_SESSION)
			if err != nil {
				return nil, err
			}
			l.sessions = append(l.sessions, s)
		}
		return l, l.lib.Login(l.sessions[0], p11.CKU_USER, userPIN)
	}
	return nil, fmt.Errorf("no token %q", tokenLabel)
}

func (l *loop) close() {
	l.lib.Finalize()
	l.lib.Destroy()
}

// find returns the private key with that CKA_ID.
func (l *loop) find(id []byte) (p11.ObjectHandle, error) {
	s := l.sessions[0]
	if err := l.lib.FindObjectsInit(s, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_PRIVATE_KEY), p11.NewAttribute(p11.CKA_ID, id)}); err != nil {
		return 0, err
	}
	found, _, err := l.lib.FindObjects(s, 1)
	if err := errors.Join(err, l.lib.FindObjectsFinal(s)); err != nil {
		return 0, err
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("no key %x", id)
	}
	return found[0], nil
}

// run signs one digest again and again, with C_SignInit and C_Sign alone.
func (l *loop) run(j job) (time.Duration, error) {
	key, err := l.find(j.Key)
	if err != nil {
		return 0, err
	}
	digest := sha256.Sum256([]byte("order"))
	mechanism, data := p11.NewMechanism(p11.CKM_ECDSA, nil), digest[:]
	if j.Algorithm == agent.RSA2048 {
		// DigestInfo of SHA-256, RFC 8017 section 9.2.
		mechanism = p11.NewMechanism(p11.CKM_RSA_PKCS, nil)
		data = append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, data...)
	}
	var next atomic.Int64
	errs := make([]error, j.Sessions)
	var group sync.WaitGroup
	start := time.Now()
	for i, s := range l.sessions[:j.Sessions] {
		group.Go(func() {
			for next.Add(1) <= int64(j.Count) && errs[i] == nil {
				if errs[i] = l.lib.SignInit(s, []*p11.Mechanism{mechanism}, key); errs[i] == nil {
					_, errs[i] = l.lib.Sign(s, data)
				}
			}
		})
	}
	group.Wait()
	return time.Since(start), errors.Join(errs...)
}
