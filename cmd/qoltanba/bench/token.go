package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/pkcs11"
)

const (
	tokenLabel = "Accounts"
	userPIN    = "12345678"
	adminPIN   = "87654321"
)

// algorithms are those of the keys on the token.
var algorithms = []agent.KeyAlgorithm{agent.RSA2048, agent.P256}

// modules is where distributions put SoftHSM2.
var modules = []string{
	"/usr/lib/softhsm/libsofthsm2.so",
	"/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
	"/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
	"/usr/lib64/pkcs11/libsofthsm2.so",
}

// tokens is a SoftHSM2 token with a key of each algorithm and its certificate,
// and a copy of it: two processes at one folder disturb each other's logins,
// which SoftHSM answers with CKR_GENERAL_ERROR.
type tokens struct {
	module string // path of the library
	config string // value of SOFTHSM2_CONF, also set for this process
	copied string // the same for the copy
	folder string // of the token's files
	keys   map[agent.KeyAlgorithm][]byte
	roots  []*x509.Certificate
}

func makeTokens(ctx context.Context, dir string) (_ *tokens, err error) {
	t := &tokens{keys: map[agent.KeyAlgorithm][]byte{}}
	for _, m := range modules {
		if _, err := os.Stat(m); err == nil {
			t.module = m
			break
		}
	}
	if t.config, err = configure(filepath.Join(dir, "tokens")); err != nil {
		return nil, err
	}
	if err := os.Setenv("SOFTHSM2_CONF", t.config); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, "softhsm2-util", "--init-token", "--free",
		"--label", tokenLabel, "--so-pin", adminPIN, "--pin", userPIN).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("softhsm2-util: %w\n%s", err, out)
	}
	if err := t.fill(ctx); err != nil {
		return nil, err
	}
	t.folder = filepath.Join(dir, "tokens")
	t.copied, err = t.copy(filepath.Join(dir, "copied"))
	return t, err
}

// copy makes another copy of the token and returns its configuration.
func (t *tokens) copy(folder string) (config string, err error) {
	if config, err = configure(folder); err != nil {
		return "", err
	}
	return config, os.CopyFS(folder, os.DirFS(t.folder))
}

// configure makes a folder for tokens and the configuration for it beside it.
func configure(folder string) (string, error) {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", err
	}
	path := folder + ".conf"
	text := fmt.Sprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", folder)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// fill generates the keys and has a CA certify them.
func (t *tokens) fill(ctx context.Context) error {
	m, err := pkcs11.Open(t.module, pkcs11.Options{})
	if err != nil {
		return err
	}
	defer m.Close()
	infos, err := m.List(ctx)
	if err != nil {
		return err
	}
	if len(infos) != 1 {
		return fmt.Errorf("%d tokens in a new folder", len(infos))
	}
	token, err := m.Open(ctx, infos[0].ID)
	if err != nil {
		return err
	}
	defer token.Close()
	if err := token.Login(ctx, agent.NewSecret([]byte(userPIN))); err != nil {
		return err
	}
	ca := agenttest.NewCA("Bench CA")
	t.roots = []*x509.Certificate{ca.Certificate()}
	for _, a := range algorithms {
		id := make([]byte, 16)
		rand.Read(id)
		key, err := token.GenerateKey(ctx, agent.KeySpec{Algorithm: a, ID: id, Label: string(a)})
		if err != nil {
			return err
		}
		if err := token.StoreCertificate(ctx, id, string(a), ca.Issue(key.Public(), "Accountant "+string(a))); err != nil {
			return err
		}
		t.keys[a] = id
	}
	return nil
}
