package remote

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"sync"
	"sync/atomic"

	"qoltanba/agent"
	"qoltanba/agent/gost"
	"qoltanba/agent/jsonrpc"
)

// Looker is agent.Tokens with a look that costs little, as it is made every
// second: it reads certificates of tokens that are new only.
type Looker interface {
	agent.Tokens
	Look(ctx context.Context) ([]agent.TokenInfo, error)
}

// Serve answers over rwc with what tokens does, until the agent closes it (nil)
// or ctx ends. It closes rwc and returns when every call has returned. With a nil
// tokens every question is answered with failure.
func Serve(ctx context.Context, rwc io.ReadWriteCloser, tokens Looker, failure error) error {
	s := &server{tokens: tokens, failure: failure, sessions: make(map[int]*served)}
	defer s.closeAll()
	return jsonrpc.NewConn(jsonrpc.Stream(rwc, frameLimit), s.handle, jsonrpc.WithErrorMapper(toWire)).Serve(ctx)
}

// toWire gives an error its note. The text is for the agent's log.
func toWire(err error) *jsonrpc.Error {
	data, jsonErr := json.Marshal(agent.NoteError(err))
	if jsonErr != nil {
		return nil
	}
	return &jsonrpc.Error{Code: codeNamed, Message: err.Error(), Data: data}
}

// server is the helper's side of the connection.
type server struct {
	tokens  Looker
	failure error

	mu       sync.Mutex
	last     []agent.TokenInfo // as the agent knows it
	version  int
	sessions map[int]*served
	opened   int // sessions so far, whose numbers they are
}

// served is an open token with the keys that were shown of it.
type served struct {
	token agent.Token

	mu   sync.Mutex
	keys []agent.Key
}

// closeAll closes the tokens that the agent left open. Every call has returned.
func (s *server) closeAll() {
	s.mu.Lock()
	left := s.sessions
	s.sessions = nil
	s.mu.Unlock()
	for _, open := range left {
		_ = open.token.Close() // the agent is gone: nobody is there to be told
	}
}

func (s *server) handle(ctx context.Context, _ *jsonrpc.Conn, r *jsonrpc.Request) (any, error) {
	if s.failure != nil {
		return nil, s.failure
	}
	switch r.Method {
	case methodHello:
		return hello{protocol}, nil
	case methodList:
		all, err := s.tokens.List(ctx)
		return tokenList{Tokens: all}, err
	case methodLook:
		return with(r, func(known tokenList) (any, error) { return s.look(ctx, known.Version) })
	case methodOpen:
		return with(r, func(p tokenParams) (any, error) { return s.open(ctx, p.ID) })
	case methodClose:
		return with(r, func(p session) (any, error) { return nothing{}, s.close(p.Session) })
	case methodKey:
		return at(s, r, func(o *served, p keyParams) (any, error) { return o.find(ctx, p.ID) })
	case methodGenerate:
		return at(s, r, func(o *served, p generateParams) (any, error) { return o.generate(ctx, p.Spec) })
	case methodStore:
		return at(s, r, func(o *served, p storeParams) (any, error) { return nothing{}, o.store(ctx, p) })
	case methodSign:
		return at(s, r, func(o *served, p signParams) (any, error) { return o.sign(p) })
	case methodKeys:
		return at(s, r, func(o *served, _ session) (any, error) { return o.list(ctx) })
	case methodInfo:
		return at(s, r, func(o *served, _ session) (any, error) { return o.token.Info(ctx) })
	case methodLogin:
		return at(s, r, func(o *served, _ session) (any, error) {
			return nothing{}, o.token.Login(ctx, agent.NewSecret(r.Secret))
		})
	case methodLogout:
		return at(s, r, func(o *served, _ session) (any, error) { return nothing{}, o.token.Logout(ctx) })
	case methodSetPIN:
		return at(s, r, func(o *served, _ session) (any, error) { return withPair(r, ctx, o.token.SetPIN) })
	}
	return s.administer(ctx, r)
}

// administer is handle for what an agent.Admin does.
func (s *server) administer(ctx context.Context, r *jsonrpc.Request) (any, error) {
	switch r.Method {
	case methodCheckSO:
		return able(s, r, func(a agent.Admin, _ session) (any, error) {
			return nothing{}, a.CheckAdminPIN(ctx, agent.NewSecret(r.Secret))
		})
	case methodSetSO:
		return able(s, r, func(a agent.Admin, _ session) (any, error) { return withPair(r, ctx, a.SetAdminPIN) })
	case methodUnblock:
		return able(s, r, func(a agent.Admin, _ session) (any, error) { return withPair(r, ctx, a.Unblock) })
	case methodFormat:
		return able(s, r, func(a agent.Admin, p formatParams) (any, error) {
			return withPair(r, ctx, func(ctx context.Context, so, pin *agent.Secret) error {
				return a.Format(ctx, so, agent.Format{Label: p.Label, PIN: pin})
			})
		})
	case methodObjects:
		return able(s, r, func(a agent.Admin, _ session) (any, error) {
			all, err := a.Objects(ctx)
			return objectList{all}, err
		})
	case methodDelete:
		return able(s, r, func(a agent.Admin, p deleteParams) (any, error) { return nothing{}, a.Delete(ctx, p.Object) })
	case methodDetails:
		return able(s, r, func(a agent.Admin, _ session) (any, error) { return a.Details(ctx) })
	}
	return s.compute(ctx, r)
}

// compute is handle for what an agent.MACs does.
func (s *server) compute(ctx context.Context, r *jsonrpc.Request) (any, error) {
	switch r.Method {
	case methodImport:
		return able(s, r, func(m agent.MACs, p importParams) (any, error) {
			key := agent.NewSecret(r.Secret)
			defer key.Wipe()
			return nothing{}, m.ImportMACKey(ctx, p.Spec, key)
		})
	case methodMAC:
		return able(s, r, func(m agent.MACs, p macParams) (any, error) {
			value, err := m.MAC(ctx, p.ID, p.Hash, p.Message)
			return jsonrpc.WithSecret{Result: nothing{}, Secret: value}, err
		})
	case methodDrop:
		return able(s, r, func(m agent.MACs, p keyParams) (any, error) { return nothing{}, m.DeleteMACKey(ctx, p.ID) })
	}
	return nil, &jsonrpc.Error{Code: jsonrpc.CodeMethodNotFound, Message: "method not found"}
}

// nothing is the result of what has none: an answer needs one.
type nothing struct{}

// with decodes the parameters of a request.
func with[P any](r *jsonrpc.Request, f func(P) (any, error)) (any, error) {
	var p P
	if err := json.Unmarshal(r.Params, &p); err != nil {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: err.Error()}
	}
	return f(p)
}

// addressed is the parameters of a request about an open token.
type addressed interface{ address() int }

func (s session) address() int { return s.Session }

// at finds the token that a request is about.
func at[P addressed](s *server, r *jsonrpc.Request, f func(*served, P) (any, error)) (any, error) {
	return with(r, func(p P) (any, error) {
		s.mu.Lock()
		o := s.sessions[p.address()]
		s.mu.Unlock()
		if o == nil {
			return nil, agent.ErrTokenLost
		}
		return f(o, p)
	})
}

// able finds the token that a request is about, as one with that ability.
func able[T any, P addressed](s *server, r *jsonrpc.Request, f func(T, P) (any, error)) (any, error) {
	return at(s, r, func(o *served, p P) (any, error) {
		a, ok := o.token.(T)
		if !ok {
			return nil, fmt.Errorf("this token cannot do %s: %w", r.Method, agent.ErrMechanism)
		}
		return f(a, p)
	})
}

// withPair calls f with the two PINs of a request and wipes them.
func withPair(r *jsonrpc.Request, ctx context.Context, f func(context.Context, *agent.Secret, *agent.Secret) error) (any, error) {
	first, second, err := jsonrpc.SplitPair(r.Secret)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", agent.ErrInvalid, err)
	}
	a, b := agent.NewSecret(first), agent.NewSecret(second)
	defer a.Wipe()
	defer b.Wipe()
	return nothing{}, f(ctx, a, b)
}

func (s *server) look(ctx context.Context, known int) (any, error) {
	now, err := s.tokens.Look(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version == 0 || !reflect.DeepEqual(now, s.last) {
		s.version++
		s.last = now
	}
	if known == s.version {
		return tokenList{Version: s.version}, nil
	}
	return tokenList{Version: s.version, Changed: true, Tokens: now}, nil
}

func (s *server) open(ctx context.Context, id agent.TokenID) (any, error) {
	t, err := s.tokens.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	s.sessions[s.opened] = &served{token: t}
	return session{s.opened}, nil
}

func (s *server) close(n int) error {
	s.mu.Lock()
	o := s.sessions[n]
	delete(s.sessions, n)
	s.mu.Unlock()
	if o == nil {
		return nil
	}
	return o.token.Close()
}

// list shows the token's keys. A key that was shown before keeps its number.
func (o *served) list(ctx context.Context) (any, error) {
	keys, err := o.token.Keys(ctx)
	if err != nil {
		return nil, err
	}
	all := keyList{Keys: []wireKey{}}
	for _, k := range keys {
		w, err := o.wire(k)
		if err != nil {
			return nil, err
		}
		all.Keys = append(all.Keys, w)
	}
	return all, nil
}

func (o *served) find(ctx context.Context, id []byte) (any, error) {
	k, err := o.token.Key(ctx, id)
	if err != nil {
		return nil, err
	}
	return o.wire(k)
}

func (o *served) generate(ctx context.Context, spec agent.KeySpec) (any, error) {
	k, err := o.token.GenerateKey(ctx, spec)
	if err != nil {
		return nil, err
	}
	return o.wire(k)
}

// wire describes a key.
func (o *served) wire(k agent.Key) (wireKey, error) {
	public, err := gost.MarshalPublicKey(k.Public())
	if err != nil {
		return wireKey{}, fmt.Errorf("the public key: %w: %w", agent.ErrToken, err)
	}
	return wireKey{Key: o.number(k), ID: k.ID(), Label: k.Label(), Certificate: raw(k), Public: public}, nil
}

// raw is a key's certificate as DER, or nil.
func raw(k agent.Key) []byte {
	if c := k.Certificate(); c != nil {
		return c.Raw
	}
	return nil
}

// number gives a key its number, the same to the same key.
func (o *served) number(k agent.Key) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, known := range o.keys {
		if bytes.Equal(known.ID(), k.ID()) && bytes.Equal(raw(known), raw(k)) && agent.SamePublicKey(known.Public(), k.Public()) {
			return i
		}
	}
	o.keys = append(o.keys, k)
	return len(o.keys) - 1
}

func (o *served) store(ctx context.Context, p storeParams) error {
	cert, err := x509.ParseCertificate(p.Certificate)
	if err != nil {
		return fmt.Errorf("%w: %w", agent.ErrInvalid, err)
	}
	return o.token.StoreCertificate(ctx, p.ID, p.Label, cert)
}

// groupWorkers is how many signatures of one group are made at the same time. Two
// groups are under way, so that the token has the next one at hand.
const groupWorkers = 2

// sign makes the signatures of a group. After the first error none is begun.
func (o *served) sign(p signParams) (any, error) {
	o.mu.Lock()
	if p.Key < 0 || p.Key >= len(o.keys) {
		o.mu.Unlock()
		return nil, agent.ErrNoKey
	}
	k := o.keys[p.Key]
	o.mu.Unlock()
	out := signatures{Signatures: make([]signature, len(p.Digests))}
	opts := p.opts()
	var next atomic.Int64
	var failed atomic.Pointer[agent.ErrorNote]
	var group sync.WaitGroup
	for range min(groupWorkers, len(p.Digests)) {
		group.Go(func() { // ends with the last digest, or after an error
			for {
				i := int(next.Add(1)) - 1
				if i >= len(p.Digests) {
					return
				}
				note := failed.Load()
				if note == nil {
					value, err := k.Sign(nil, p.Digests[i], opts)
					if err == nil {
						out.Signatures[i].Value = value
						continue
					}
					note = agent.NoteError(err)
					failed.CompareAndSwap(nil, note)
				}
				out.Signatures[i].Failed = note
			}
		})
	}
	group.Wait()
	return out, nil
}
