package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/child"
	"qoltanba/pkcs11"
	"qoltanba/pkcs11/remote"
)

// childGoals are those for a batch beside one with the module in the same process.
var childGoals = map[agent.KeyAlgorithm]float64{agent.RSA2048: 0.95, agent.P256: 0.85}

// helperCommand makes this program the helper process of a module.
const helperCommand = "module"

// helper is the module in a helper process, as cmd/qoltanba has it.
func (b *bench) helper(module, config string) (*remote.Module, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return remote.NewModule(child.Command{
		Path: program, Args: []string{helperCommand, module},
		Keep: remote.Environment, Env: []string{"SOFTHSM2_CONF=" + config},
	}, remote.Options{}), nil
}

// serveModule is the helper's side.
func serveModule(path string) error {
	pipe, err := child.Stdio()
	if err != nil {
		return err
	}
	m, err := pkcs11.Open(path, pkcs11.Options{Sessions: loopSessions})
	if err != nil {
		return remote.Serve(context.Background(), pipe, nil, err)
	}
	return errors.Join(remote.Serve(context.Background(), pipe, m, nil), m.Close())
}

// child measures batches with the module in a helper process, beside the same with
// the module in this one.
func (b *bench) child(ctx context.Context) (err error) {
	config, err := b.tokens.copy(filepath.Join(b.temp, "helper"))
	if err != nil {
		return err
	}
	module, err := b.helper(b.tokens.module, config)
	if err != nil {
		return err
	}
	far, err := startPath(ctx, b.dir, b.tokens, module)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, far.close()) }()
	inside, err := pkcs11.Open(b.tokens.module, pkcs11.Options{Sessions: loopSessions})
	if err != nil {
		return err
	}
	near, err := startPath(ctx, b.dir, b.tokens, inside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, near.close()) }()
	for _, a := range algorithms {
		if !listed(b.keys, string(a)) {
			continue
		}
		if err := b.beside(ctx, far, near, a); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) beside(ctx context.Context, far, near *path, a agent.KeyAlgorithm) error {
	documents := texts.documents(b.batch)
	batch := func(g *page) func() (time.Duration, error) {
		return func() (time.Duration, error) {
			runtime.GC()
			return b.request(g, documents)
		}
	}
	f, err := far.open(ctx, a)
	if err != nil {
		return err
	}
	n, err := near.open(ctx, a)
	if err != nil {
		return err
	}
	ours, peer, err := inTurns(ctx, b.rounds*moreRounds[a], batch(f), batch(n))
	if err != nil {
		return err
	}
	return errors.Join(b.report.add(line{
		Name: fmt.Sprintf("batch of %d in a helper process, %s", b.batch, a), Unit: "sign/s", Peer: "in the same process",
		Value: float64(b.batch) / ours, PeerValue: float64(b.batch) / peer,
	}, atLeast(childGoals[a])), f.close(), n.close())
}

// manyKeys is how many key pairs the full token has.
const manyKeys = 100

// keys100 measures how long it takes to log in and to list the keys of a full
// token, beside one with one key pair.
func (b *bench) keys100(ctx context.Context) error {
	full, err := b.keyToken(ctx, manyKeys)
	if err != nil {
		return err
	}
	single, err := b.keyToken(ctx, 1)
	if err != nil {
		return errors.Join(err, full.close())
	}
	defer full.close()
	defer single.close()
	for _, what := range []struct {
		name string
		list bool
		goal *goal
	}{{"login", false, atMost(2)}, {"login and list of keys", true, nil}} {
		ours, peer, err := inTurns(ctx, 5*b.rounds,
			func() (time.Duration, error) { return full.login(ctx, what.list) },
			func() (time.Duration, error) { return single.login(ctx, what.list) })
		if err != nil {
			return err
		}
		if err := b.report.add(line{
			Name: fmt.Sprintf("%s, %d key pairs", what.name, manyKeys), Unit: "ms", Peer: "one key pair",
			Value: ours * 1000, PeerValue: peer * 1000,
		}, what.goal); err != nil {
			return err
		}
	}
	return nil
}

// keyToken is an open token in a helper.
type keyToken struct {
	module *remote.Module
	token  agent.Token
}

func (k *keyToken) close() error { return errors.Join(k.token.Close(), k.module.Close()) }

// keyToken makes a token with so many key pairs and certificates.
func (b *bench) keyToken(ctx context.Context, keys int) (*keyToken, error) {
	config, err := configure(filepath.Join(b.temp, fmt.Sprintf("keys%d", keys)))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "softhsm2-util", "--init-token", "--free", "--label", tokenLabel, "--so-pin", adminPIN, "--pin", userPIN)
	cmd.Env = append(os.Environ(), "SOFTHSM2_CONF="+config)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("softhsm2-util: %w\n%s", err, out)
	}
	k := &keyToken{}
	if k.module, err = b.helper(b.tokens.module, config); err != nil {
		return nil, err
	}
	infos, err := k.module.List(ctx)
	if err != nil || len(infos) != 1 {
		return nil, errors.Join(fmt.Errorf("%d tokens in a new folder: %w", len(infos), err), k.module.Close())
	}
	if k.token, err = k.module.Open(ctx, infos[0].ID); err != nil {
		return nil, errors.Join(err, k.module.Close())
	}
	ca := agenttest.NewCA("Bench CA")
	err = k.token.Login(ctx, agent.NewSecret([]byte(userPIN)))
	for i := 0; err == nil && i < keys; i++ {
		var key agent.Key
		id := fmt.Appendf(nil, "key-%04d", i)
		if key, err = k.token.GenerateKey(ctx, agent.KeySpec{Algorithm: agent.P256, ID: id, Label: "Accounts"}); err == nil {
			err = k.token.StoreCertificate(ctx, id, "Accounts", ca.Issue(key.Public(), "Accountant"))
		}
	}
	if err != nil {
		return nil, errors.Join(err, k.close())
	}
	return k, nil
}

func (k *keyToken) login(ctx context.Context, list bool) (time.Duration, error) {
	start := time.Now()
	if err := k.token.Login(ctx, agent.NewSecret([]byte(userPIN))); err != nil {
		return 0, err
	}
	if list {
		if _, err := k.token.Keys(ctx); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}
