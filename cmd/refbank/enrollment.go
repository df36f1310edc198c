package main

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/cmp"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/est"
)

// enrollmentHost is a name for enrollment beside localhost, where the demo has it.
const enrollmentHost = "ca.refbank.test"

// What some of the faults amount to. A slow CA is slower than people expect and faster
// than an agent may give up.
const (
	slowness   = 10 * time.Second
	retryAfter = 2 * time.Second
	clockSkew  = 2 * time.Hour
)

// enrollment returns the service for enrollment, and its address as agents have it in
// the bank's descriptor.
func (c serveCommand) enrollment(b refbank, f folder, log *slog.Logger) (service, string, error) {
	config, err := c.enrollConfig(b, f, log)
	if err != nil {
		return service{}, "", err
	}
	// Of the right CA always: the faults are about what is issued, not about TLS.
	certificate, err := serverCertificate(b.ca, enrollmentHost)
	if err != nil {
		return service{}, "", err
	}
	listener, err := net.Listen("tcp", c.EST)
	if err != nil {
		return service{}, "", err
	}
	server := newServer(nil, log)
	est.New(est.Config{Config: config}).Attach(server, certificate)
	overCMP, err := cmp.New(config)
	if err != nil {
		listener.Close()
		return service{}, "", err
	}
	both := http.NewServeMux()
	both.Handle("/", server.Handler)
	both.Handle(cmp.Path, overCMP)
	server.Handler = both
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	return service{listener, server}, "https://localhost:" + port, nil
}

func (c serveCommand) enrollConfig(b refbank, f folder, log *slog.Logger) (config enroll.Config, err error) {
	has := func(fault string) bool { return slices.Contains(c.Fault, fault) }
	authority := b.ca
	if has("expired-ca") {
		if authority, err = ca.OpenExpired(f.ca()); err != nil {
			return config, err
		}
	}
	if has("clock-skew") {
		authority = authority.WithClock(clockSkew)
	}
	faults := enroll.Faults{LostAnswer: has("lost-answer"), RefuseCSR: has("refuse-csr"), Due: has("due")}
	if has("slow-ca") {
		faults.Slow = slowness
	}
	if has("202") {
		faults.Pending = retryAfter
	}
	return enroll.Config{CA: authority, Primary: b.primary, Store: b.store, Logger: log, Faults: faults}, nil
}
