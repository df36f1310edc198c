// Package cmp is the reference bank's server for enrollment over CMP (RFC 9810, with
// HTTP by RFC 9811), beside the one over EST and with the same rules (package enroll).
//
//	POST /.well-known/cmp
//
//	genm with PeriodOID        are User ID, PIN and primary key right? Names the periods
//	genm with caCerts          issuing CAs and roots; for everybody
//	genm with RegistrationOID  puts a certificate into force
//	ir                         the first certificate for a key, by way of pollReq and certConf
//	kur                        the next one for the same key; oldCertID names the one that signs
//
// Decisions a new engineer needs; they are what a bank should copy:
//
//   - It is reached by TLS alone. What protects a message proves one thing, TLS or the
//     inside of the message the rest, in one of two ways:
//     With a MAC, its secret is the PIN of the OTP card, which senderKID names by the User
//     ID, and the primary key is proved by TLS client authentication.
//     With a signature, it is the primary key's, its certificate is the first of the extra
//     ones, and User ID and PIN are in a registration token, "USER:PIN", inside what is
//     signed. That is for keys that no TLS carries, such as those of GOST.
//   - A MAC is taken with PBMAC1 or PBM and 10,000 iterations at least, lest whoever has
//     seen it search for the PIN, and 150,000 at most, as the bank has to make them;
//     others are told so before a try is counted.
//   - A transaction belongs to who began it, each message answers the one before, and no
//     message is taken twice, not even by a bank that was started anew: those that begin
//     a transaction are on the disk until they are too old to be taken. Who lost an
//     answer begins a new transaction for the same key and gets the same certificate.
//   - A bank must know a PIN to check a MAC with it. This one keeps it under a key that is
//     not in the database; a bank of flesh and blood has an HSM for that.
//
// Answers are protected as the message was: by the same MAC, or signed by a key that the CA
// has certified for its answers alone. Who proved nothing gets an error without protection;
// too many wrong PINs are answered by HTTP, with 429 and Retry-After.
package cmp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"qoltanba/agent/cmp"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/store"
)

// Path is where the server is reached.
const Path = "/.well-known/cmp"

const mediaType = "application/pkixcmp"

// A Server answers agents. It is safe for concurrent use.
type Server struct {
	*enroll.Rules
	responder    *cmp.Signer
	transactions *transactions
}

// New returns a Server. The key that it signs answers with is made anew each time.
func New(c enroll.Config) (*Server, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	cert, err := c.CA.IssueResponder(key.Public())
	if err != nil {
		return nil, err
	}
	return &Server{
		Rules:        enroll.New(c),
		responder:    &cmp.Signer{Key: key, Certificates: []*x509.Certificate{cert, c.CA.Issuing()}},
		transactions: newTransactions(),
	}, nil
}

// ServeHTTP answers one message.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.TLS == nil {
		http.Error(w, "tls: this server is reached by TLS only", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "method: messages are posted", http.StatusMethodNotAllowed)
		return
	}
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != mediaType {
		http.Error(w, "type: want Content-Type "+mediaType, http.StatusUnsupportedMediaType)
		return
	}
	der, err := io.ReadAll(http.MaxBytesReader(w, r.Body, cmp.MaxMessage))
	if err != nil {
		http.Error(w, fmt.Sprintf("size: more than %d bytes, or cut off", cmp.MaxMessage), http.StatusRequestEntityTooLarge)
		return
	}
	defer clear(der) // there may be a PIN in it
	m, err := cmp.Parse(der)
	if err != nil {
		s.Logger.Info("message refused", "err", err)
		http.Error(w, "request: not a message of CMP that this server knows", http.StatusBadRequest)
		return
	}
	defer m.Wipe()
	if err := s.answer(w, r, m); err != nil {
		s.Logger.Error("message not answered", "err", err)
		http.Error(w, "internal: see the log of the bank", http.StatusInternalServerError)
	}
}

// answer answers a message; its error is one of the bank's own.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, m *cmp.Message) error {
	from, err := s.authenticate(r, m)
	if from != nil {
		defer from.wipe()
	}
	nonce := cmp.NewID()
	var body cmp.Body
	if err == nil {
		body, err = s.transact(r, m, from, nonce)
	}
	if errors.Is(err, enroll.ErrLost) {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		s.Logger.Info("message refused", "body", fmt.Sprintf("%T", m.Body), "err", err)
		if wait, ok := errors.AsType[*store.WaitError](err); ok {
			w.Header().Set("Retry-After", strconv.Itoa(int(time.Until(wait.Until)/time.Second)+1))
			http.Error(w, "wait: too many wrong PINs", http.StatusTooManyRequests)
			return nil
		}
		body = &cmp.Error{Status: failed(err)}
	}
	out := &cmp.Message{
		Header: cmp.Header{
			Version: m.Version, Sender: s.CA.Issuing().RawSubject, Recipient: m.Sender, Time: time.Now(),
			SenderKID: m.SenderKID, TransactionID: m.TransactionID, SenderNonce: nonce, RecipientNonce: m.SenderNonce,
		},
		Body: body,
	}
	var by cmp.Protector
	switch {
	case from == nil: // proved nothing
	case from.mac != nil:
		by = from.mac
	default:
		by = s.responder
	}
	der, err := out.Marshal(by)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(der)))
	if _, err = w.Write(der); err != nil {
		return err
	}
	if _, refusal := body.(*cmp.Error); !refusal {
		s.Logger.Info("message answered", "body", operation(m.Body))
	}
	return nil
}

// A failure is an error with a bit of PKIFailureInfo of its own.
type failure struct {
	bit  cmp.Failure
	text string
}

func (f *failure) Error() string { return f.text }

func fail(bit cmp.Failure, format string, args ...any) error {
	return &failure{bit, fmt.Sprintf(format, args...)}
}

// failed returns the status that tells an error.
func failed(err error) cmp.Status {
	status := cmp.Status{Code: cmp.Rejection}
	if f, ok := errors.AsType[*failure](err); ok {
		status.Text, status.Failure = f.text, f.bit
		return status
	}
	r := enroll.Refused(err)
	if r == nil {
		status.Text, status.Failure = "internal: see the log of the bank", cmp.SystemFailure
		return status
	}
	status.Text = r.Error()
	switch r.Word {
	case "credentials":
		status.Failure = cmp.BadMessageCheck
	case "key", "subject", "period":
		status.Failure = cmp.BadTemplate
	default:
		status.Failure = cmp.NotAuthorized
	}
	return status
}
