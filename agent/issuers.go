package agent

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"time"

	"qoltanba/agent/gost"
)

// askAgain is how long a bank is not asked again which certificates its CA has: a little
// less than an hour, as the agent looks each hour.
const askAgain = 59 * time.Minute

// issuers finds out which bank issued a certificate that the journal knows nothing of. The
// banks are asked for the certificates of their CAs, which tells them nothing but that
// somebody asks. The answers are kept for as long as the agent lives.
type issuers struct {
	children *children
	banks    []*issuer // in the order of the descriptors: the administrator's go first

	mu   sync.Mutex        // also of each issuer's state; not held while a bank is asked or a signature checked; taken after Agent.mu
	host map[string]string // of the bank that issued a certificate, by its fingerprint
}

// An issuer is a bank that renews certificates.
type issuer struct {
	Enroller
	Renewer
	host string

	asking  chan struct{}       // closed when the question that runs is answered; nil while none runs
	asked   time.Time           // when the last question was put, answered or not; zero before the first
	answer  []*x509.Certificate // the last one that came
	failure error               // why the last question was not answered
}

func newIssuers(children *children, banks []Bank) *issuers {
	i := &issuers{children: children, host: map[string]string{}}
	for _, b := range banks {
		if renewer, ok := b.Enroller.(Renewer); ok {
			i.banks = append(i.banks, &issuer{Enroller: b.Enroller, Renewer: renewer, host: b.Host})
		}
	}
	return i
}

// of is the host of the bank that issued a certificate, "" while that is not known.
func (i *issuers) of(fingerprint string) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.host[fingerprint]
}

// A search is for the banks that issued certificates.
type search struct {
	certificates [][]byte // DER
	bank         string   // host of the one bank that may be it; "" for any
	wanted       string   // fingerprint of the one that ends the search; "" for all
	waiting      bool     // a person waits: a bank that could not be reached is asked again at once
}

// find finds out which banks issued certificates, and tells whether it found one of any.
// A bank is asked again after an hour. The error says why banks did not answer, of which
// one may be the issuer.
func (i *issuers) find(ctx context.Context, s search) (more bool, err error) {
	var unknown []*x509.Certificate
	for _, der := range s.certificates {
		if cert, err := gost.ParseCertificate(der); err == nil && i.of(fingerprint(der)) == "" {
			unknown = append(unknown, cert)
		}
	}
	before := len(unknown)
	done := func() bool { return len(unknown) == 0 || s.wanted != "" && i.of(s.wanted) != "" }
	match := func(b *issuer) {
		unknown = slices.DeleteFunc(unknown, func(cert *x509.Certificate) bool { return i.isIssuer(b, cert) })
	}
	banks := slices.DeleteFunc(slices.Clone(i.banks), func(b *issuer) bool { return s.bank != "" && b.host != s.bank })
	for _, b := range banks { // by what they answered before
		match(b)
	}
	if done() {
		return len(unknown) < before, nil
	}
	for _, b := range banks {
		i.ask(b, s.waiting)
	}
	// No bank is waited for that need not be: they come as they answer.
	ctx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	answered := make(chan *issuer, len(banks))
	errs := make([]error, len(banks))
	for n, b := range banks {
		group.Go(func() { // ends with the bank's answer, or with ctx
			errs[n] = i.await(ctx, b)
			answered <- b
		})
	}
	for range banks {
		if match(<-answered); done() {
			return true, nil
		}
	}
	return len(unknown) < before, errors.Join(errs...)
}

// isIssuer tells whether a bank issued a certificate, by what it answered, and remembers it.
func (i *issuers) isIssuer(b *issuer, cert *x509.Certificate) bool {
	i.mu.Lock()
	answer := b.answer
	i.mu.Unlock()
	if !b.IsIssuer(cert, answer) {
		return false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.host[fingerprint(cert.Raw)] = b.host
	return true
}

// ask starts a question to a bank, unless one runs or it was asked not long ago.
func (i *issuers) ask(b *issuer, waiting bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	again := b.asked.IsZero() || time.Since(b.asked) >= askAgain || waiting && b.failure != nil
	if b.asking != nil || !again {
		return
	}
	started := i.children.start(func(life context.Context) { // ends with the bank's answer, or with the agent
		answer, err := b.CACerts(life)
		i.mu.Lock()
		defer i.mu.Unlock()
		if err == nil {
			b.answer = answer
		}
		b.failure = err
		close(b.asking)
		b.asking = nil
	})
	if started {
		b.asked, b.asking = time.Now(), make(chan struct{})
	}
}

// await waits for the answer to the question that runs, if one does, and returns why the
// last one was not answered.
func (i *issuers) await(ctx context.Context, b *issuer) error {
	i.mu.Lock()
	asking := b.asking
	i.mu.Unlock()
	if asking != nil {
		select {
		case <-asking:
		case <-ctx.Done():
			return canceled(ctx)
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return b.failure
}
