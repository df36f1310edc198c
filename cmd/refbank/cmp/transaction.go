package cmp

import (
	"bytes"
	"crypto/x509"
	"errors"
	"net/http"
	"sync"
	"time"

	"qoltanba/agent/cmp"
	"qoltanba/cmd/refbank/enroll"
	"qoltanba/cmd/refbank/store"
)

// Bounds of what the server remembers. Only who has proved to be somebody is remembered.
const (
	life            = 15 * time.Minute // of a transaction
	maxTransactions = 10_000
	maxOfOne        = 100 // of one sender, who else could keep all others out
	minID           = 16  // bytes of a transactionID and of a nonce: RFC 9483, 3.1
	maxID           = 64  // of those that are remembered; agents and OpenSSL send 16

	// maxSkew is how far messageTime may be from the bank's clock. That of a person's
	// computer may be wrong by a day.
	maxSkew = 24 * time.Hour
)

// A transaction is the messages that follow each other about one certificate.
type transaction struct {
	mu       sync.Mutex // held while a message is handled
	from     *sender
	ends     time.Time
	nonce    []byte // that the next message must repeat
	request  *cmp.Request
	asked    enroll.Request
	due      time.Time         // before that the request is not looked at again; set by the first poll
	waiting  bool              // the request was answered so
	patience time.Duration     // how long the first poll is told to wait
	given    *x509.Certificate // that is to be confirmed
}

// transactions are those of the last minutes, by their ID. That none of their messages is
// taken again, whatever becomes of this process, is a matter of the database.
type transactions struct {
	mu  sync.Mutex
	all map[string]*transaction
}

func newTransactions() *transactions { return &transactions{all: map[string]*transaction{}} }

// begin adds a transaction.
func (t *transactions) begin(id []byte, from *sender) (*transaction, error) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.all[string(id)]; old != nil && now.Before(old.ends) {
		return nil, errInUse
	}
	own := 0
	for id, old := range t.all {
		if now.After(old.ends) {
			delete(t.all, id)
		} else if old.from.same(from) {
			own++
		}
	}
	if own >= maxOfOne || len(t.all) >= maxTransactions {
		return nil, fail(cmp.SystemUnavailable, "transaction: too many at once")
	}
	kept := *from
	kept.mac = nil // a secret
	added := &transaction{from: &kept, ends: now.Add(life)}
	t.all[string(id)] = added
	return added, nil
}

// begin adds a transaction of a message that has not been taken before. That is written
// down until the message is too old to be taken.
func (s *Server) begin(r *http.Request, m *cmp.Message, from *sender) (*transaction, error) {
	now := time.Now()
	if m.Time.Sub(now).Abs() > maxSkew {
		return nil, fail(cmp.BadTime, "time: messageTime must be within %v of %s", maxSkew, now.UTC().Format(time.RFC3339))
	}
	t, err := s.transactions.begin(m.TransactionID, from)
	if err != nil {
		return nil, err
	}
	if err = s.Store.TakeMessage(r.Context(), m.TransactionID, m.Time.Add(maxSkew), now); err != nil {
		s.transactions.forget(m.TransactionID)
		if errors.Is(err, store.ErrTaken) {
			err = errInUse
		}
		return nil, err
	}
	return t, nil
}

var errInUse = fail(cmp.TransactionIDInUse, "transaction: there was one of this ID")

// forget ends a transaction that was not to be begun.
func (t *transactions) forget(id []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, string(id))
}

// find returns the transaction that a message goes on with.
func (t *transactions) find(m *cmp.Message, from *sender) (*transaction, error) {
	t.mu.Lock()
	found := t.all[string(m.TransactionID)]
	t.mu.Unlock()
	if found == nil || time.Now().After(found.ends) || !found.from.same(from) {
		return nil, fail(cmp.BadRequest, "transaction: there is none of this ID")
	}
	return found, nil
}

var errBody = fail(cmp.BadRequest, "body: not one that is sent to a CA")

// transact handles a message of a sender, nil for nobody. The nonce is that of the
// answer.
func (s *Server) transact(r *http.Request, m *cmp.Message, from *sender, nonce []byte) (cmp.Body, error) {
	if len(m.TransactionID) < minID || len(m.SenderNonce) < minID {
		return nil, fail(cmp.BadRequest, "transaction: transactionID and senderNonce must have 16 bytes")
	}
	if len(m.TransactionID) > maxID {
		return nil, fail(cmp.BadRequest, "transaction: transactionID must have %d bytes at most", maxID)
	}
	if g, ok := m.Body.(*cmp.General); ok && g.Reply {
		return nil, errBody
	}
	if from == nil {
		return s.forEverybody(m)
	}
	var t *transaction
	var err error
	switch m.Body.(type) {
	case *cmp.General, *cmp.Request:
		t, err = s.begin(r, m, from)
	case *cmp.PollRequest, *cmp.Confirm:
		t, err = s.transactions.find(m, from)
	default:
		return nil, errBody
	}
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !bytes.Equal(m.RecipientNonce, t.nonce) {
		return nil, fail(cmp.BadRecipientNonce, "transaction: not the answer to the last message")
	}
	t.nonce = nonce
	switch b := m.Body.(type) {
	case *cmp.General:
		return s.general(r, b, from)
	case *cmp.Request:
		return s.request(r, t, b)
	case *cmp.PollRequest:
		return s.poll(r, t, b)
	}
	return s.confirm(t, m.Body.(*cmp.Confirm))
}

// confirm ends a transaction.
func (s *Server) confirm(t *transaction, c *cmp.Confirm) (cmp.Body, error) {
	if t.given == nil {
		return nil, fail(cmp.BadRequest, "confirmation: no certificate was given")
	}
	if c.Status.Code != cmp.Accepted {
		// It stays unregistered, so it is good for nothing.
		s.Logger.Info("certificate refused", "status", c.Status)
	} else if c.ID != t.request.ID || !c.Confirms(t.given) {
		return nil, fail(cmp.BadCertID, "confirmation: of another certificate")
	}
	given := t.given
	t.given = nil
	return cmp.Confirmed{}, s.Lose("certConf", store.Fingerprint(given))
}
