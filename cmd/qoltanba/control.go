package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
	"qoltanba/ui/remote"
)

// The control socket lets the command line of the same person use the running
// agent. It lies in a folder that nobody else can enter.
const (
	controlStatus = "status" // → agent.Status
	controlLock   = "lock"
	controlShow   = "show"
	controlSign   = "sign"   // signParams → signAnswer; asks back at the caller
	controlToken  = "token"  // the token panel, shown by the caller
	controlOTP    = "otp"    // the code generators, likewise
	controlEnroll = "enroll" // the Profile Creation Wizard, likewise
	controlRenew  = "renew"  // agent.ProfileID →; asks back at the caller

	// controlLimit bounds one message: the largest document in base64.
	controlLimit = agent.MaxDocumentBytes*4/3 + 1<<20
)

type signParams struct {
	Name     string          `json:"name"`
	Data     []byte          `json:"data"`
	Detached bool            `json:"detached"`
	Profile  agent.ProfileID `json:"profile"`
}

type signAnswer struct {
	CMS []byte `json:"cms"`
}

// codeNamed is the JSON-RPC code of an answer that carries an agent.ErrorNote.
const codeNamed = 1

// acceptAgain is the time after which a failed Accept is tried again.
const acceptAgain = time.Second

func controlPath(d dirs) string { return filepath.Join(d.runtime, "control.sock") }

// listenControl takes the socket's place. The caller holds the history's lock,
// so a socket that is there was left behind by an agent that is gone.
func listenControl(d dirs) (net.Listener, error) {
	path := controlPath(d)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), l.Close())
	}
	return l, nil
}

// serveControl answers the command line until ctx ends, and returns when every
// connection has ended. show opens the main window and returns at once.
func serveControl(ctx context.Context, l net.Listener, a *agent.Agent, show func(), log *slog.Logger) {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		c, err := l.Accept()
		switch {
		case err == nil:
		case ctx.Err() != nil, errors.Is(err, net.ErrClosed):
			return
		default: // no descriptor free, say: that passes
			log.Error("control socket", "err", err)
			select {
			case <-time.After(acceptAgain):
			case <-ctx.Done():
			}
			continue
		}
		conns.Go(func() { // ends with its connection, or with ctx
			h := func(ctx context.Context, c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
				return control(ctx, a, show, c, r)
			}
			conn := jsonrpc.NewConn(jsonrpc.Stream(c, controlLimit), h, jsonrpc.WithErrorMapper(toWire))
			if err := conn.Serve(ctx); err != nil {
				log.Debug("control connection ended", "err", err)
			}
		})
	}
}

func control(ctx context.Context, a *agent.Agent, show func(), c *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
	switch r.Method {
	case controlStatus:
		return a.Status(), nil
	case controlLock:
		a.Lock()
		return struct{}{}, nil
	case controlShow:
		show()
		return struct{}{}, nil
	case controlSign:
		var p signParams
		if err := json.Unmarshal(r.Params, &p); err != nil {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "invalid params"}
		}
		return signOne(ctx, a.Local(remote.Over(c)), p)
	case controlToken:
		client := a.Local(remote.Over(c))
		defer client.Close()
		return struct{}{}, client.ShowToken(ctx)
	case controlOTP:
		client := a.Local(remote.Over(c))
		defer client.Close()
		return struct{}{}, client.ShowGenerators(ctx)
	case controlEnroll:
		client := a.Local(remote.Over(c))
		defer client.Close()
		return struct{}{}, client.ShowWizard(ctx)
	case controlRenew:
		var p agent.ProfileID
		if err := json.Unmarshal(r.Params, &p); err != nil {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "invalid params"}
		}
		client := a.Local(remote.Over(c))
		defer client.Close()
		return struct{}{}, client.Renew(ctx, p)
	}
	return nil, &jsonrpc.Error{Code: jsonrpc.CodeMethodNotFound, Message: "method not found"}
}

// signOne signs one document for the command line.
func signOne(ctx context.Context, c *agent.Client, p signParams) (signAnswer, error) {
	defer c.Close()
	res, err := c.Sign(ctx, agent.SignRequest{
		Documents: []agent.Document{{Name: p.Name, Data: p.Data}}, Detached: p.Detached, Profile: p.Profile,
	}, nil)
	if err != nil {
		return signAnswer{}, err
	}
	return signAnswer{CMS: res.Signatures[0].CMS}, res.Signatures[0].Err
}

// toWire gives an error that has a name its note; nothing else leaves.
func toWire(err error) *jsonrpc.Error {
	name := agent.ErrorName(err)
	if name == "" {
		return nil
	}
	note, jsonErr := json.Marshal(agent.NoteError(err))
	if jsonErr != nil {
		return nil
	}
	return &jsonrpc.Error{Code: codeNamed, Message: name, Data: note}
}

// fromWire is the way back.
func fromWire(err error) error {
	if e, ok := errors.AsType[*jsonrpc.Error](err); ok && e.Code == codeNamed {
		var n agent.ErrorNote
		if json.Unmarshal(e.Data, &n) == nil {
			return n.Err()
		}
	}
	return err
}

// dialControl connects to the running agent; questions are answered at p. It
// returns nil when none runs.
func dialControl(ctx context.Context, d dirs, p agent.Prompter) *controlClient {
	nc, err := (&net.Dialer{}).DialContext(ctx, "unix", controlPath(d))
	if err != nil {
		return nil
	}
	server := remote.NewServer(p, func(string) {})
	c := &controlClient{conn: jsonrpc.NewConn(jsonrpc.Stream(nc, controlLimit), server.Handle), server: server, done: make(chan struct{})}
	go func() { // ended and waited for by close
		defer close(c.done)
		c.conn.Serve(ctx)
	}()
	return c
}

type controlClient struct {
	conn   *jsonrpc.Conn
	server *remote.Server
	done   chan struct{}
}

func (c *controlClient) call(ctx context.Context, method string, params, result any) error {
	return fromWire(c.conn.Call(ctx, method, params, result))
}

func (c *controlClient) close() {
	c.conn.Close()
	<-c.done
	c.server.Wait()
}
