package est

import (
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"net/http"
)

// exporterLabel and exporterLength are those of tls-exporter (RFC 9266, 2).
const (
	exporterLabel  = "EXPORTER-Channel-Binding"
	exporterLength = 32
)

// binding returns what a request's challengePassword must be on this connection:
// base64, as RFC 7030, 3.5 has it.
func binding(c *tls.ConnectionState) (string, error) {
	// For TLS 1.2 the exporter is asked only because Go answers no without extended
	// master secret, and tls-unique is not unique then (RFC 7627, 1).
	value, err := c.ExportKeyingMaterial(exporterLabel, nil, exporterLength)
	if err != nil {
		return "", refused(http.StatusBadRequest, "binding", "the connection has no extended master secret")
	}
	if c.Version < tls.VersionTLS13 {
		value = c.TLSUnique
	}
	return base64.StdEncoding.EncodeToString(value), nil
}

// checkBinding refuses a request that was not made for this connection.
func (s *Server) checkBinding(c *tls.ConnectionState, q *request) error {
	if s.foreign && q.challenge == "" {
		return nil
	}
	want, err := binding(c)
	if err != nil {
		return err
	}
	if q.challenge == "" {
		return refused(http.StatusBadRequest, "binding", "the request has no challengePassword")
	}
	if subtle.ConstantTimeCompare([]byte(q.challenge), []byte(want)) != 1 {
		return refused(http.StatusBadRequest, "binding", "the request was made for another connection")
	}
	return nil
}
