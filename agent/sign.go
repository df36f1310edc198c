package agent

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/agent/payment"
)

// Limits of one request.
const (
	MaxDocuments     = 10000
	MaxDocumentBytes = 64 << 20
	MaxRequestBytes  = 256 << 20
)

// Document is what a page wants signed: always the document itself, never a
// digest, so that what is shown is what is signed.
type Document struct {
	Name      string
	MediaType string // what the page says it is; shown only where the bytes say otherwise
	Data      []byte
}

// SignRequest asks for a CAdES-B-B signature of each document.
type SignRequest struct {
	Documents []Document
	Detached  bool
	// Profile chooses the key for the command line, which has no session.
	// From a page it is ignored.
	Profile ProfileID
}

// SignResult has an entry for each document, in the order of the request.
// Complete is false when some were not signed; those carry an error, and the
// others are good: nothing needs to be signed twice.
type SignResult struct {
	Signatures []Signature
	Complete   bool
}

// Signature is one document's CMS SignedData in DER, or why there is none.
type Signature struct {
	Index int
	CMS   []byte
	Err   error
}

// A token is asked for two signatures at a time: a second session keeps it busy
// while the first answer is on its way. One that signs fast is asked for many, which
// the adapter then takes over together. A slow one is not: what was asked for
// cannot be called back, and a person who cancels is not to wait for it.
const (
	signWorkers = 2
	fastWorkers = 32
	fast        = 20 * time.Millisecond // one signature of a fast token
)

// progressEvery is the pace at which a page hears how far a batch is.
const progressEvery = 50 * time.Millisecond

func (r SignRequest) check() error {
	if len(r.Documents) == 0 {
		return fmt.Errorf("no documents: %w", ErrInvalid)
	}
	if len(r.Documents) > MaxDocuments {
		return fmt.Errorf("more than %d documents: %w", MaxDocuments, ErrTooLarge)
	}
	sum := 0
	for _, d := range r.Documents {
		if len(d.Data) == 0 {
			return fmt.Errorf("an empty document: %w", ErrInvalid)
		}
		if sum += len(d.Data); len(d.Data) > MaxDocumentBytes || sum > MaxRequestBytes {
			return ErrTooLarge
		}
	}
	return nil
}

// Sign shows the documents to the person and signs what was agreed to. It
// needs an open session. progress tells how many signatures the token has
// made; the signatures themselves come with the result, after their history
// records are on the disk. The documents must not be changed before it returns.
func (c *Client) Sign(ctx context.Context, r SignRequest, progress func(done, total int)) (SignResult, error) {
	if err := r.check(); err != nil {
		return SignResult{}, err
	}
	if _, err := c.profile(r); err != nil {
		return SignResult{}, err
	}
	shown := make([]payment.Document, len(r.Documents))
	each(len(shown), func(i int) bool {
		d := r.Documents[i]
		shown[i] = payment.Read(d.Name, d.MediaType, d.Data)
		return ctx.Err() == nil
	})
	var result SignResult
	err := c.turn(ctx, func(ctx context.Context) error {
		p, err := c.profile(r) // the session may have ended in the queue
		if err == nil {
			result, err = c.sign(ctx, p, r, shown, progress)
		}
		return err
	})
	if err != nil {
		return SignResult{}, err
	}
	return result, nil
}

// profile is the key to sign with: the session's, which only the person chose.
func (c *Client) profile(r SignRequest) (ProfileID, error) {
	if s := c.session(); s != nil {
		return s.profile, nil
	}
	if c.name() == "" && r.Profile.Token != (TokenID{}) {
		return r.Profile, nil
	}
	return ProfileID{}, ErrNoSession
}

// sign is the path of every signature: consent, password, token, history. The
// caller has the turn.
func (c *Client) sign(ctx context.Context, id ProfileID, r SignRequest, shown []payment.Document,
	progress func(done, total int)) (SignResult, error) {
	a := c.a
	if err := a.refusePrimary(id); err != nil {
		return SignResult{}, err
	}
	bank, _ := a.bankOf(c.origin)
	copies := &copies{a: a, docs: r.Documents, shown: shown}
	defer copies.remove()
	err := c.prompter.Consent(ctx, ConsentQuestion{
		Origin:    c.name(),
		Bank:      bank,
		Profile:   a.describe(id),
		Documents: shown,
		Totals:    payment.Totals(shown),
	}, copies.open)
	if err != nil {
		return SignResult{}, err
	}
	a.turn.forgive(c.name())

	var key Key
	var dev *device
	q := PINQuestion{Purpose: PurposeSign, Count: len(shown)}
	err = c.unlock(ctx, q, &id, func(ctx context.Context, d *device, p ProfileID) (err error) {
		dev = d
		key, err = a.findKey(ctx, d, p)
		return err
	})
	if err != nil {
		return SignResult{}, err
	}
	defer a.relock(ctx, id.Token)

	signer, err := cms.Signer{Key: key, Certificate: key.Certificate()}.Prepare()
	if err != nil {
		return SignResult{}, fmt.Errorf("preparing to sign: %w", errors.Join(ErrCertificate, err))
	}
	signatures, failure := signAll(ctx, signer, c.name(), r, shown, progress)
	a.active()
	return c.release(ctx, dev, key, signatures, failure, shown)
}

// release writes the history and only then lets the signatures go.
func (c *Client) release(ctx context.Context, d *device, key Key, signatures []Signature, failure error,
	shown []payment.Document) (SignResult, error) {
	result := SignResult{Signatures: signatures, Complete: true}
	verdict := "signed"
	if ctx.Err() != nil {
		verdict = "withheld" // made, but the page is gone and gets nothing
	}
	certificate := fingerprint(key.Certificate().Raw)
	var records []entry
	for i, s := range signatures {
		if s.Err != nil {
			result.Complete = false
			continue
		}
		records = append(records, signRecord{
			Origin: c.name(), Certificate: certificate,
			SHA256: shown[i].SHA256, Size: shown[i].Size, Result: verdict,
		})
	}
	if !result.Complete {
		c.a.failed(d, failure)
	}
	if len(records) == 0 {
		return SignResult{}, failure
	}
	if err := c.a.remember(records...); err != nil {
		c.a.log.Error("signatures withheld", "count", len(records), "err", err)
		return SignResult{}, err
	}
	if ctx.Err() != nil {
		return SignResult{}, canceled(ctx)
	}
	return result, nil
}

// signRecord is what the history keeps of a signature: never the document.
type signRecord struct {
	Origin      string `json:"origin"`
	Certificate string `json:"certificate"` // SHA-256 of the DER, hex
	SHA256      string `json:"sha256"`      // of the document, hex
	Size        int    `json:"size"`        // bytes
	Result      string `json:"result"`      // "signed", or "withheld" when the page was gone
}

func (signRecord) kind() string { return "sign" }

// signAll signs each document. The first error ends the batch and is returned:
// what is done is kept, the rest carries that error.
func signAll(ctx context.Context, signer *cms.Prepared, origin string, r SignRequest, shown []payment.Document,
	progress func(done, total int)) ([]Signature, error) {
	out := make([]Signature, len(shown))
	report := pace(progress, len(shown))
	var mu sync.Mutex
	var failure error
	each(len(shown), func(i int) bool {
		err := ctx.Err()
		if err != nil {
			err = canceled(ctx)
		} else {
			o := cms.Options{Detached: r.Detached, Time: time.Now(), Origin: origin}
			out[i].CMS, err = signOne(signer, r.Documents[i].Data, shown[i].SHA256, o)
		}
		if err != nil {
			mu.Lock()
			defer mu.Unlock()
			if failure == nil {
				failure = fmt.Errorf("signing document %d: %w", i, err)
			}
			return false
		}
		report()
		return true
	})
	for i := range out {
		if out[i].Index = i; out[i].CMS == nil {
			out[i].Err = failure
		}
	}
	return out, failure
}

// signOne signs a document, with the digest that was made for showing it
// where that is the one needed.
func signOne(s *cms.Prepared, data []byte, digest string, o cms.Options) ([]byte, error) {
	if s.Hash() != crypto.SHA256 || !o.Detached {
		return s.Sign(data, o)
	}
	d, err := hex.DecodeString(digest)
	if err != nil {
		return nil, err
	}
	return s.SignDigest(d, o)
}

// each calls f for 0 … n-1 from signWorkers goroutines, or from fastWorkers once a
// call was fast, in rising order, until one returns false, and returns when all
// have returned.
func each(n int, f func(i int) bool) {
	var next atomic.Int64
	var stop, grown atomic.Bool
	var wg sync.WaitGroup
	var work func()
	work = func() {
		for !stop.Load() {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			start := time.Now()
			if !f(i) {
				stop.Store(true)
			}
			if time.Since(start) < fast && !grown.Swap(true) {
				for range min(n, fastWorkers) - signWorkers {
					wg.Go(work) // ends like the first ones
				}
			}
		}
	}
	for range min(n, signWorkers) {
		wg.Go(work) // ends with the last number, or with stop; waited for below
	}
	wg.Wait()
}

// pace returns a function to be called after each signature, which passes the
// count on now and then, always the last, and never a smaller one after a larger.
func pace(progress func(done, total int), total int) func() {
	var mu sync.Mutex
	var last time.Time
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if done++; progress != nil && (done == total || time.Since(last) >= progressEvery) {
			last = time.Now()
			progress(done, total)
		}
	}
}
