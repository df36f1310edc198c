package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"qoltanba/agent/agenttest/softhsm"
	"qoltanba/agent/bank"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

// runMain makes the test's binary the program itself.
const runMain = "REFBANK_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), runMain+"=1")
	return c
}

// run runs the program to its end and returns its standard output.
func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, args...).Output()
	if err != nil {
		t.Fatalf("refbank %s: %v", args, err)
	}
	return string(out)
}

func TestServe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "qoltanba 1.0.deb")
	if err := os.WriteFile(file, []byte("the installer"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		flag      string
		prefix    string
		installer string // what the descriptor and the page have; "/" is a path of the site
	}{
		{"https", "--listen=127.0.0.1:0", "https://ib.refbank.test:", ""},
		{"http", "--http", "http://localhost:", ""},
		{"K125 with a file", "--installer=" + file, "https://ib.refbank.test:", "/installer/qoltanba%201.0.deb"},
		{"K125 with a link", "--installer=https://get.test/q.deb", "https://ib.refbank.test:", "https://get.test/q.deb"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bank")
			served := command(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0", test.flag)
			stdout, err := served.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			served.Stderr = &log
			if err := served.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(stdout)
			line, err := lines.ReadString('\n')
			origin, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
			if err != nil || !ok || !strings.HasPrefix(origin, test.prefix) {
				t.Fatalf("first line %q, %v, want ready %s; %v\n%s", line, err, test.prefix, served.Wait(), &log)
			}
			get := browse(t, dir, origin)
			d, err := bank.Parse([]byte(get("/descriptor.json")))
			if err != nil {
				t.Fatal(err)
			}
			want := test.installer
			if strings.HasPrefix(want, "/") {
				want = origin + want
				if got := get(test.installer); got != "the installer" {
					t.Errorf("GET %s = %q", test.installer, got)
				}
			}
			if d.Installer != want || !slices.Equal(d.Origins, []string{origin}) {
				t.Errorf("the descriptor has the installer %q and origins %q, want %q and %q", d.Installer, d.Origins, want, origin)
			}
			if page := get("/"); strings.Contains(page, `id="installer"`) != (want != "") || !strings.Contains(page, `href="`+want) {
				t.Errorf("the page does not link the installer %q", want)
			}
			if err := served.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
				t.Errorf("more output: %q, %v", rest, err)
			}
			if err := served.Wait(); err != nil {
				t.Errorf("after SIGTERM: %v\n%s", err, &log)
			}
		})
	}
}

// browse gets the home page and the SDK as a browser does that trusts the root. What it
// returns gets any path.
func browse(t *testing.T, dir, origin string) (get func(path string) string) {
	t.Helper()
	u, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile(filepath.Join(dir, "ca", "root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(root)
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+u.Port())
		},
	}}
	t.Cleanup(client.CloseIdleConnections)
	get = func(path string) string {
		t.Helper()
		response, err := client.Get(origin + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("GET %s = %s, %v", path, response.Status, err)
		}
		return string(body)
	}
	for path, want := range map[string]string{"/": `id="login"`, "/sdk/client.js": "class Qoltanba"} {
		if !strings.Contains(get(path), want) {
			t.Errorf("GET %s is without %s", path, want)
		}
	}
	return get
}

func TestServeRefuses(t *testing.T) {
	for name, args := range map[string][]string{
		"http for other computers": {"--http", "--origin", "http://ib.refbank.test"},
		"origin with a path":       {"--origin", "https://ib.refbank.test/"},
		"no address":               {"--listen", "nowhere"},
		"an installer by http":     {"--installer", "http://get.test/q.deb"},
		"an installer of nowhere":  {"--installer", "/nowhere/q.deb"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := command(t, append([]string{"serve", "--dir", t.TempDir(), "--listen", "127.0.0.1:0"}, args...)...).Output()
			if err == nil || len(out) > 0 {
				t.Errorf("refbank serve = %q, %v, want an error and no ready line", out, err)
			}
		})
	}
}

func TestDescriptor(t *testing.T) {
	dir := t.TempDir()
	d, err := bank.Parse([]byte(run(t, "descriptor", "--dir", dir, "--origin", "https://ib.refbank.test:8443", "--module", "a.so", "--module", "b.so", "--usb", "0a89:0030", "--installer", "dist/q.deb")))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"kk", "ru", "en"} {
		if d.Names[lang] == "" || d.Support.Texts[lang] == "" || d.Support.Managers[lang] == "" {
			t.Errorf("no name or text in %s", lang)
		}
	}
	want := []bank.Driver{{Name: "KAZTOKEN", Modules: []string{"a.so", "b.so"}, Download: "https://kaztoken.kz/downloads/", USB: []string{"0a89:0030"}}}
	if strings.Join(d.Origins, " ") != "https://ib.refbank.test:8443" || !reflect.DeepEqual(d.Drivers, want) {
		t.Errorf("descriptor = %+v", d)
	}
	if d.Installer != "https://ib.refbank.test:8443/installer/q.deb" {
		t.Errorf("K125 installer = %q", d.Installer)
	}
}

func TestToken(t *testing.T) {
	hsm := softhsm.New(t)
	for algorithm, user := range map[string]string{"RSA-2048": desk.DemoClient().UserID, "P-256": "qq222222_asdfghjk"} {
		t.Run("K6 K33 "+algorithm, func(t *testing.T) {
			hsm.Token(t, algorithm, "12345678")
			dir := filepath.Join(t.TempDir(), "bank")
			run(t, "init", "--dir", dir)
			args := []string{"token", "--dir", dir, "--module", hsm.Module, "--label", algorithm, "--algorithm", algorithm}
			if user != desk.DemoClient().UserID {
				run(t, "contract", "--dir", dir, "--user", user, "--surname", "S", "--given-name", "G", "--iin", "880101300123",
					"--company", "C", "--bin", "180340012345", "--account", "KZ86125KZT5004100100", "--period", "12")
				args = append(args, "--user", user)
			}
			printed := strings.Fields(run(t, args...))

			s, err := store.Open(filepath.Join(dir, "bank.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			client, err := s.Client(t.Context(), user)
			if err != nil || client.Fingerprint == "" || printed[len(printed)-1] != client.Fingerprint {
				t.Errorf("registered %+v, %v, printed %v", client, err, printed)
			}
			if _, err := os.Stat(filepath.Join(dir, "ca", ca.ChainFile)); err != nil {
				t.Error(err)
			}
			if err := command(t, args...).Run(); err == nil {
				t.Error("a token in use was prepared again")
			}
		})
	}
}
