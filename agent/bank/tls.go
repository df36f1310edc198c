package bank

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"reflect"

	"qoltanba/agent"
)

// identity is what the client proves itself with in TLS: a primary key, or the
// key that is renewed. The zero one proves nothing.
type identity struct {
	certificate tls.Certificate
	// plainRSA keeps signatures to what every token can: one with an RSA key
	// need not know PSS, which TLS 1.3 demands.
	plainRSA bool
}

func primaryIdentity(p agent.PrimaryKey) identity {
	return identity{certificate: tlsCertificate(p.Certificates, p.Signer)}
}

func keyIdentity(key agent.Key) identity {
	i := identity{certificate: tlsCertificate([]*x509.Certificate{key.Certificate()}, key)}
	if _, i.plainRSA = key.Public().(*rsa.PublicKey); i.plainRSA {
		i.certificate.SupportedSignatureAlgorithms = []tls.SignatureScheme{tls.PKCS1WithSHA256, tls.PKCS1WithSHA384, tls.PKCS1WithSHA512}
	}
	return i
}

func tlsCertificate(chain []*x509.Certificate, key crypto.Signer) tls.Certificate {
	c := tls.Certificate{PrivateKey: &witness{Signer: key}, Leaf: chain[0]}
	for _, cert := range chain {
		c.Certificate = append(c.Certificate, cert.Raw)
	}
	return c
}

// witness is a key that remembers its error, of which crypto/tls keeps the text
// alone. It is used by one handshake at a time.
type witness struct {
	crypto.Signer
	err error
}

func (w *witness) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, err := w.Signer.Sign(random, digest, opts)
	w.err = err
	return signature, err
}

// dial connects to a server of the bank, which is checked against the
// descriptor's CA alone, and returns when the handshake is done: nothing of the
// applicant was sent before (RFC 7030, 3.6). A server that does not ask for the
// identity is refused, as the PIN alone proves too little.
//
// There is one handshake to a connection: sessions are not resumed and not
// renegotiated, as either would weaken the channel binding.
func (s site) dial(ctx context.Context, to *url.URL, who identity) (*tls.Conn, error) {
	config := &tls.Config{
		RootCAs:    s.pool,
		ServerName: to.Hostname(),
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
	}
	known := who.certificate.Leaf != nil
	asked := false
	if known {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked = true
			return &who.certificate, nil
		}
	}
	if who.plainRSA {
		config.MaxVersion = tls.VersionTLS12
	}
	port := to.Port()
	if port == "" {
		port = "443"
	}
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(to.Hostname(), port))
	if err != nil {
		return nil, failed(ctx, err)
	}
	conn := tls.Client(raw, config)
	err = conn.HandshakeContext(ctx)
	if w, ok := who.certificate.PrivateKey.(*witness); ok && err != nil && w.err != nil {
		err = w.err
	}
	if err == nil && known && !asked {
		err = fmt.Errorf("the server asks for no certificate: %w", agent.ErrBank)
	}
	if err != nil {
		raw.Close()
		if s.untimely(err, config.ServerName) {
			err = fmt.Errorf("%w: %w", agent.ErrBankClock, err)
		}
		return nil, failed(ctx, err)
	}
	return conn, nil
}

// untimely tells whether a server is refused for the time alone: at another one its
// certificates would be right. crypto/x509 looks at the time first, so that it says the
// same of a stranger's that has ended.
func (s site) untimely(err error, host string) bool {
	refused, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok {
		return false
	}
	sent := refused.UnverifiedCertificates
	o := x509.VerifyOptions{DNSName: host, Roots: s.pool, Intermediates: x509.NewCertPool()}
	for _, c := range sent[1:] {
		o.Intermediates.AddCert(c)
	}
	// If there is a time at which all are valid, the end of the one that ends first is such
	// a time. A round goes to the end of the next one that is refused; the CA is one more.
	for range len(sent) + 1 {
		invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
		if !ok || invalid.Reason != x509.Expired {
			return false
		}
		o.CurrentTime = invalid.Cert.NotAfter
		if _, err = sent[0].Verify(o); err == nil {
			return true
		}
	}
	return false
}

// binding is the value that ties a request to the connection: tls-exporter of RFC
// 9266 for TLS 1.3, tls-unique of RFC 5929 for TLS 1.2.
//
// tls-unique is unique only with the extended master secret (RFC 7627), without
// which a server in the middle can make two connections have the same one.
// ConnectionState.TLSUnique is also given out without; ExportKeyingMaterial is
// not, so that it tells.
func binding(conn *tls.Conn) ([]byte, error) {
	state := conn.ConnectionState()
	exported, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	switch {
	case err != nil || state.Version < tls.VersionTLS13 && len(state.TLSUnique) == 0:
		return nil, fmt.Errorf("no channel binding, as the server knows no extended master secret: %w", agent.ErrBank)
	case state.Version >= tls.VersionTLS13:
		return exported, nil
	}
	return state.TLSUnique, nil
}

// Alerts with which a server refuses a client's certificate. RFC 8446, 6.2, and
// RFC 5246, 7.2.2.
var refusals = map[uint64]error{
	42:  agent.ErrCredentials, // bad_certificate
	43:  agent.ErrCredentials, // unsupported_certificate
	44:  agent.ErrCertificate, // certificate_revoked
	45:  agent.ErrCertificate, // certificate_expired
	46:  agent.ErrCredentials, // certificate_unknown
	48:  agent.ErrCredentials, // unknown_ca
	49:  agent.ErrCredentials, // access_denied
	116: agent.ErrCredentials, // certificate_required
}

// failed gives an error of a connection its name. One of ours, such as that of
// the key that signs, keeps it.
func failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("talking to the bank: %w", context.Cause(ctx))
	}
	if agent.ErrorName(err) != "" {
		return err
	}
	if _, foreign := errors.AsType[*tls.CertificateVerificationError](err); foreign {
		return fmt.Errorf("%w: %w", agent.ErrBankForeign, err)
	}
	if reason := refusals[alert(err)]; reason != nil {
		return fmt.Errorf("the server refuses the certificate: %w: %w", reason, err)
	}
	return fmt.Errorf("%w: %w", agent.ErrBank, err)
}

// alert is the number of the TLS alert that the server sent, 0 for none.
// crypto/tls has an exported type for it with QUIC only.
func alert(err error) uint64 {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Err == nil {
		return 0
	}
	if v := reflect.ValueOf(remote.Err); v.Kind() == reflect.Uint8 {
		return v.Uint()
	}
	return 0
}
