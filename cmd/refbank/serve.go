package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"qoltanba/agent/bank"
	"qoltanba/bridge/sdk"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/server"
)

type serveCommand struct {
	Listen string `default:"127.0.0.1:8443" placeholder:"HOST:PORT" help:"Address to listen at; port 0 takes a free one."`
	Origin string `placeholder:"URL" help:"Web origin of the site. Default: https://ib.refbank.test:PORT, or http://localhost:PORT with --http."`
	HTTP   bool   `name:"http" help:"Plain http, for a page of this computer only."`

	descriptorFlags // of the descriptor that the site hands out

	EST   string   `name:"est" placeholder:"HOST:PORT" help:"Also serve enrollment at this address, EST and CMP by TLS; port 0 takes a free one."`
	Fault []string `placeholder:"NAME" enum:"lost-answer,slow-ca,202,expired-ca,refuse-csr,clock-skew,due" help:"Let enrollment fail on purpose, to test agents: ${enum}; several with commas."`
}

// Run prints one line when the site can be reached: "ready" and its origin. With --est
// a line before it says "est" and the address of enrollment.
func (c serveCommand) Run(ctx context.Context, f folder) error {
	if len(c.Fault) > 0 && c.EST == "" {
		return errors.New("--fault is for enrollment, which --est serves")
	}
	b, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer b.store.Close()
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	origin := c.origin(listener.Addr())
	modules, err := fs.Sub(sdk.Dist, "dist")
	if err != nil {
		return err
	}
	log := logger()
	var services []service
	var address string // of enrollment
	var enrollment *bank.Enrollment
	if c.EST != "" {
		var serving service
		if serving, address, err = c.enrollment(b, f, log); err != nil {
			return err
		}
		defer serving.listener.Close()
		services = append(services, serving)
		enrollment = b.enrollment(address)
	}
	descriptor, err := c.ownDescriptor(origin, enrollment)
	if err != nil {
		return err
	}
	site, err := server.New(ctx, server.Config{
		Origin:        origin,
		Roots:         []*x509.Certificate{b.ca.Root(), b.ca.GOSTRoot()},
		Intermediates: []*x509.Certificate{b.ca.Issuing(), b.ca.GOSTIssuing()},
		Store:         b.store,
		SignedDir:     f.signed(),
		SDK:           modules,
		Descriptor:    descriptor,
		Installer:     c.installerFile(),
		Logger:        log,
	})
	if err != nil {
		return err
	}
	httpServer := newServer(site, log)
	if !c.HTTP {
		u, err := url.Parse(origin)
		if err != nil {
			return err
		}
		certificate, err := serverCertificate(b.ca, u.Hostname())
		if err != nil {
			return err
		}
		httpServer.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	}
	services = append(services, service{listener, httpServer})
	if address != "" {
		fmt.Println("est", address)
	}
	log.Info("listening", "address", listener.Addr(), "origin", origin)
	fmt.Println("ready", origin)
	return serve(ctx, services...)
}

// ownDescriptor returns the descriptor of the site. An installer that the site is to have
// must be there: who follows the link gets a file.
func (c serveCommand) ownDescriptor(origin string, enrollment *bank.Enrollment) ([]byte, error) {
	if file := c.installerFile(); file != "" {
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			return nil, errors.Join(fmt.Errorf("--installer %s: neither an address nor a file", file), err)
		}
	}
	return c.descriptor([]string{origin}, enrollment)
}

// newServer returns a server that gives up on a client that is too slow. An answer has the
// WriteTimeout, and with HTTP/1 that begins before the body is read: it is for the body, for
// the work, and for reading the answer. Who needs longer says so; see package server.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      3 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,                                         // net/http reads a megabyte of each stranger's
		HTTP2:             &http.HTTP2Config{WriteByteTimeout: time.Minute}, // WriteTimeout ends requests, not connections
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelInfo),
	}
}

// origin is the one that was given, or one that fits the address.
func (c serveCommand) origin(address net.Addr) string {
	if c.Origin != "" {
		return c.Origin
	}
	port := strconv.Itoa(address.(*net.TCPAddr).Port)
	if c.HTTP {
		return "http://localhost:" + port
	}
	return "https://ib.refbank.test:" + port
}

// serverCertificate is for those hosts and for this computer. Its key is made anew at
// each start and is never written to the disk.
func serverCertificate(authority *ca.CA, hosts ...string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	cert, err := authority.IssueServer(key.Public(), append(hosts, "localhost", "127.0.0.1", "::1")...)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw, authority.Issuing().Raw}, PrivateKey: key, Leaf: cert}, nil
}

// A service is a server and where it listens.
type service struct {
	listener net.Listener
	server   *http.Server
}

// serve serves until ctx ends or one of the services fails, then lets running requests
// finish for five seconds.
func serve(ctx context.Context, services ...service) error {
	done := make(chan error, len(services))
	for _, s := range services {
		go func() { // ends by Shutdown or Close, awaited below
			if s.server.TLSConfig != nil {
				done <- s.server.ServeTLS(s.listener, "", "")
			} else {
				done <- s.server.Serve(s.listener)
			}
		}()
	}
	var failed error
	running := len(services)
	select {
	case failed = <-done:
		running--
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, s := range services {
		if err := s.server.Shutdown(grace); err != nil {
			failed = errors.Join(failed, err, s.server.Close())
		}
	}
	for range running {
		<-done // http.ErrServerClosed
	}
	return failed
}
