package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"qoltanba/bridge/sdk"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/server"
)

type serveCommand struct {
	Listen string `default:"127.0.0.1:8443" placeholder:"HOST:PORT" help:"Address to listen at; port 0 takes a free one."`
	Origin string `placeholder:"URL" help:"Web origin of the site. Default: https://ib.refbank.test:PORT, or http://localhost:PORT with --http."`
	HTTP   bool   `name:"http" help:"Plain http, for a page of this computer only."`
}

// Run prints one line when the site can be reached: "ready" and its origin.
func (c serveCommand) Run(ctx context.Context, f folder) error {
	authority, s, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
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
	site, err := server.New(ctx, server.Config{
		Origin:        origin,
		Roots:         authority.Roots(),
		Intermediates: authority.Intermediates(),
		Store:         s,
		SignedDir:     f.signed(),
		SDK:           modules,
		Logger:        log,
	})
	if err != nil {
		return err
	}
	httpServer := &http.Server{
		Handler:           site,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelInfo),
	}
	if !c.HTTP {
		if httpServer.TLSConfig, err = tlsConfig(authority, origin); err != nil {
			return err
		}
	}
	log.Info("listening", "address", listener.Addr(), "origin", origin)
	fmt.Println("ready", origin)
	return serve(ctx, listener, httpServer)
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

// tlsConfig has a certificate for the origin's host and for this computer. Its key
// is made anew at each start and is never written to the disk.
func tlsConfig(authority *ca.CA, origin string) (*tls.Config, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	cert, err := authority.IssueServer(key.Public(), u.Hostname(), "localhost", "127.0.0.1", "::1")
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw, authority.Issuing().Raw}, PrivateKey: key, Leaf: cert}},
	}, nil
}

// serve serves until ctx ends, then lets running requests finish for five seconds.
func serve(ctx context.Context, l net.Listener, s *http.Server) error {
	done := make(chan error, 1)
	go func() { // ends by Shutdown or Close, awaited below
		if s.TLSConfig != nil {
			done <- s.ServeTLS(l, "", "")
		} else {
			done <- s.Serve(l)
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.Shutdown(grace)
	if err != nil {
		err = errors.Join(err, s.Close())
	}
	<-done // http.ErrServerClosed
	return err
}
