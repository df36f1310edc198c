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

// claimsWithin is how long other banks have to say that a certificate is theirs, once one has.
const claimsWithin = 5 * time.Second

// askAgain is how long a bank is not asked again which certificates its CA has: a little
// less than an hour, as the agent looks each hour.
const askAgain = 59 * time.Minute

// issuers finds out which bank issued a certificate that the journal knows nothing of. The
// banks are asked for the certificates of their CAs, which tells them nothing but that
// somebody asks. The answers are kept for as long as the agent lives.
//
// Any descriptor may name any CA, and a bank that renews a certificate has the one before
// taken off the token. So an administrator's bank goes before one of the person's own, which
// is taken when all of those have answered; and a certificate that two of a kind take for
// theirs is nobody's.
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
	host    string
	trusted bool // by the administrator

	asking  chan struct{}       // closed when the question that runs is answered; nil while none runs
	asked   time.Time           // when the last question was put, answered or not; zero before the first
	answer  []*x509.Certificate // the last one that came
	failure error               // why the last question was not answered
}

func newIssuers(children *children, banks []Bank) *issuers {
	i := &issuers{children: children, host: map[string]string{}}
	for _, b := range banks {
		if renewer, ok := b.Enroller.(Renewer); ok {
			i.banks = append(i.banks, &issuer{Enroller: b.Enroller, Renewer: renewer, host: b.Host, trusted: b.Trusted})
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
	banks := slices.DeleteFunc(slices.Clone(i.banks), func(b *issuer) bool { return s.bank != "" && b.host != s.bank })
	// take takes the certificates whose bank is found: with late also where some of a kind
	// have not answered. It tells whether that is all.
	take := func(late bool) (done bool) {
		unknown = slices.DeleteFunc(unknown, func(cert *x509.Certificate) bool {
			host := i.issuerOf(banks, cert, late)
			if host != "" {
				i.mu.Lock()
				i.host[fingerprint(cert.Raw)] = host
				i.mu.Unlock()
			}
			return host != ""
		})
		return len(unknown) == 0 || s.wanted != "" && i.of(s.wanted) != ""
	}
	if take(false) { // by what they answered before
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
	answered := make(chan struct{}, len(banks))
	errs := make([]error, len(banks))
	for n, b := range banks {
		group.Go(func() { // ends with the bank's answer, or with ctx
			errs[n] = i.await(ctx, b)
			answered <- struct{}{}
		})
	}
	var late <-chan time.Time // nil until a bank has said that one is its own
	for left := len(banks); left > 0; {
		select {
		case <-answered:
			left--
		case <-late:
			if take(true) {
				return true, nil
			}
			late = nil
			continue
		}
		if take(left == 0 && ctx.Err() == nil) { // who gives up has not waited for all
			return true, nil
		}
		if late == nil && slices.ContainsFunc(unknown, func(cert *x509.Certificate) bool { return i.issuerOf(banks, cert, true) != "" }) {
			late = time.After(claimsWithin)
		}
	}
	return len(unknown) < before, errors.Join(errs...)
}

// issuerOf is the host of the bank that a certificate is of, by what the banks answered, ""
// where that is not known. late: those of its kind that have not answered are not waited for.
func (i *issuers) issuerOf(banks []*issuer, cert *x509.Certificate, late bool) string {
	for _, trusted := range []bool{true, false} {
		host, several, silent := "", false, false
		for _, b := range banks {
			if b.trusted != trusted {
				continue
			}
			i.mu.Lock()
			answer, answered := b.answer, !b.asked.IsZero() && b.asking == nil && b.failure == nil
			i.mu.Unlock()
			silent = silent || !answered
			if (host == "" || b.host != host) && b.IsIssuer(cert, answer) {
				several = host != ""
				host = b.host
			}
			if several {
				return ""
			}
		}
		if host != "" && (late || !silent) {
			return host
		}
		if host != "" || silent {
			return ""
		}
	}
	return ""
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
			b.answer = nil
		}
		for _, cert := range answer { // a part of it adds to what was known
			if !slices.ContainsFunc(b.answer, cert.Equal) {
				b.answer = append(slices.Clip(b.answer), cert)
			}
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
