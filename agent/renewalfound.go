package agent

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"

	"qoltanba/agent/gost"
)

// unknownToJournal tells whether the journal knows no bank of a profile: it was registered at
// another computer or by another program, and what the journal knows of the token may be
// forgotten, or its bank has moved to other hosts. The registration of another key is kept
// for as long as that key is on the token: the bank may want its User ID. a.mu is held.
func (a *Agent) unknownToJournal(p ProfileID) bool {
	r, known := a.journal.of(p.Token)
	switch {
	case a.journal.broken, known && r.unfinished():
		return false
	case !known, r.Aside: // whether its key is there is seen with the password: see takeUp
		return true
	case r.Key == p.Key:
		return a.renewerAt(r.Bank) == nil
	}
	settled := r.UserID == "" && len(r.Renewal)+len(r.Replaced) == 0
	return settled || !slices.ContainsFunc(a.tokenNow(p.Token).Keys, func(k KeyInfo) bool { return hex.EncodeToString(k.ID) == r.Key })
}

// certificatesOn lists the certificates of a profile's key that its token shows, in DER.
// a.mu is held.
func (a *Agent) certificatesOn(p ProfileID) (all [][]byte) {
	for _, k := range a.tokenNow(p.Token).Keys {
		if hex.EncodeToString(k.ID) == p.Key {
			all = append(all, k.Certificate)
		}
	}
	return all
}

// findIssuers finds out, in the background, which banks issued the certificates that are
// due and that the journal knows nothing of, and shows what can be renewed now.
func (a *Agent) findIssuers() {
	var due [][]byte
	a.mu.Lock()
	for _, p := range a.profiles() {
		if !p.Due() || !a.unknownToJournal(p.ID) {
			continue
		}
		for _, der := range a.certificatesOn(p.ID) {
			if fingerprint(der) == p.ID.Certificate {
				due = append(due, der)
			}
		}
	}
	a.mu.Unlock()
	if len(due) == 0 {
		return
	}
	a.children.start(func(life context.Context) { // ends with the banks' answers, or with the agent
		more, err := a.issuers.find(life, search{certificates: due})
		if err != nil {
			a.log.Info("not every bank told what its CA is", "err", err)
		}
		if !more {
			return
		}
		a.mu.Lock()
		a.publish()
		a.mu.Unlock()
		a.announce()
	})
}

// findIssuer finds out, before anybody is asked for a password, which bank renews a profile
// that the journal knows nothing of. The caller holds neither the turn nor a lock, as banks
// take their time. ErrIssuer means that no bank known here is the one, ErrRenewal that the
// certificate is not due, ErrCertificate that it has ended.
func (a *Agent) findIssuer(ctx context.Context, id ProfileID) error {
	if a.journal.broken { // nothing could be written down
		return ErrJournalDamaged
	}
	a.mu.Lock()
	unknown, certificates, all := a.unknownToJournal(id), a.certificatesOn(id), a.profiles()
	a.mu.Unlock()
	if !unknown {
		return a.findSuccessors(ctx, id, certificates)
	}
	i := slices.IndexFunc(all, func(p Profile) bool { return p.ID == id })
	switch {
	case i < 0:
		return ErrNoToken
	case id.Key == "" || all[i].KeyFile:
		return ErrNoEnrollment
	case all[i].Expired:
		return ErrCertificate
	case !all[i].Due():
		return ErrRenewal
	}
	_, err := a.issuers.find(ctx, search{certificates: certificates, wanted: id.Certificate, waiting: true})
	if a.issuers.of(id.Certificate) == "" {
		return cmp.Or(err, ErrIssuer)
	}
	return nil
}

// findSuccessors is findIssuer for a profile that the journal knows, but perhaps not the
// certificates that its key has: another computer may have renewed it.
func (a *Agent) findSuccessors(ctx context.Context, id ProfileID, certificates [][]byte) error {
	r, _ := a.journal.of(id.Token)
	if r.Key != id.Key || len(certificates) == 0 {
		return nil // that nobody renews it, or that it is not there, is told later
	}
	gone := true
	var unknown [][]byte
	for _, der := range certificates {
		switch {
		case bytes.Equal(der, r.Certificate), bytes.Equal(der, r.Renewal):
			gone = false
		case !bytes.Equal(der, r.Replaced):
			unknown = append(unknown, der)
		}
	}
	_, err := a.issuers.find(ctx, search{certificates: unknown, bank: r.Bank, waiting: true})
	if gone && !slices.ContainsFunc(unknown, func(der []byte) bool { return a.issuers.of(fingerprint(der)) == r.Bank }) {
		return cmp.Or(err, ErrNoKey)
	}
	return nil // without the bank the rest says so
}

// takeUp returns the registration of a profile, with who renews it. One that the journal
// knows nothing of is taken into it, and one that another computer has gone on with is
// brought to where that came. From there on it is renewed like any other.
func (a *Agent) takeUp(ctx context.Context, d *device, p ProfileID) (*work, Renewer, error) {
	a.mu.Lock()
	unknown := a.unknownToJournal(p)
	a.mu.Unlock()
	_, before := a.renewer(d.id)
	r := before
	switch {
	case unknown && before.Done && before.Key == p.Key:
		r.Bank, unknown = a.issuers.of(p.Certificate), false
	case unknown:
		r = registration{Token: d.id, Bank: a.issuers.of(p.Certificate), Key: p.Key, Done: true}
	}
	renewer := a.renewerAt(r.Bank)
	if renewer == nil || !r.Done || r.Key != p.Key {
		return nil, nil, ErrNoEnrollment // also when the token is another one since the bank was found
	}
	w := &work{a: a, d: d, r: r, bank: Bank{Host: r.Bank}}
	keys, err := d.token.Keys(ctx)
	if err != nil {
		return nil, nil, err
	}
	held, err := a.keysOfRegistration(keys, r, p)
	if err != nil {
		return nil, nil, err
	}
	if !w.r.catchUp(held) {
		return w, renewer, nil
	}
	if unknown {
		if err := w.describe(held[0]); err != nil {
			return nil, nil, err
		}
		if before.Aside { // with its key it may go on
			if _, objects, err := w.objects(ctx); err != nil || before.found(holds(objects)) {
				return nil, nil, cmp.Or(err, ErrUnfinished)
			}
		}
	}
	if err := a.remember(recordOf(w.r, "found", "done")); err != nil {
		return nil, nil, err
	}
	if unknown && len(w.r.Renewal) == 0 { // the journal has it once the bank has agreed to renew it
		return w, renewer, nil
	}
	return w, renewer, w.put()
}

// keysOfRegistration lists those of the keys that have a certificate of a registration: one
// that the journal knows, or that the same bank issued for the same name and key. They are in
// the order in which they end. ErrNoEnrollment: the profile's certificate is for another name.
func (a *Agent) keysOfRegistration(keys []Key, r registration, p ProfileID) (held []Key, err error) {
	var chosen *x509.Certificate
	for _, k := range keys {
		if c := k.Certificate(); c != nil && hex.EncodeToString(k.ID()) == r.Key && fingerprint(c.Raw) == p.Certificate {
			chosen = c
			break
		}
	}
	own, err := gost.ParseCertificate(r.Certificate)
	if err != nil { // the journal has none
		own = chosen
	}
	if own == nil || chosen != nil && !bytes.Equal(chosen.RawSubject, own.RawSubject) {
		return nil, ErrNoEnrollment
	}
	for _, k := range keys {
		c := k.Certificate()
		if c == nil || hex.EncodeToString(k.ID()) != r.Key || a.primary(c) || bytes.Equal(c.Raw, r.Replaced) ||
			!bytes.Equal(c.RawSubject, own.RawSubject) || !bytes.Equal(c.RawSubjectPublicKeyInfo, own.RawSubjectPublicKeyInfo) {
			continue
		}
		if bytes.Equal(c.Raw, r.Certificate) || bytes.Equal(c.Raw, r.Renewal) || a.issuers.of(fingerprint(c.Raw)) == r.Bank {
			held = append(held, k)
		}
	}
	slices.SortStableFunc(held, func(x, y Key) int {
		a, b := x.Certificate(), y.Certificate()
		return cmp.Or(a.NotAfter.Compare(b.NotAfter), a.NotBefore.Compare(b.NotBefore))
	})
	return held, nil
}

// catchUp takes over what the token tells of a registration: held are the keys that
// keysOfRegistration found there. It tells whether that is more than the journal has.
//
// Whichever computer renews, it removes the old certificate only after the new one is
// registered. Where two are on the token, the later one may still have to be registered;
// registering it twice is harmless. Where the journal's certificate is missing, another
// computer has finished the renewal.
func (r *registration) catchUp(held []Key) bool {
	on := func(der []byte) bool {
		return slices.ContainsFunc(held, func(k Key) bool { return bytes.Equal(k.Certificate().Raw, der) })
	}
	if len(held) == 0 {
		return false
	}
	first, last := held[0].Certificate().Raw, held[len(held)-1].Certificate().Raw
	switch {
	case on(r.Certificate) && (bytes.Equal(last, r.Certificate) || bytes.Equal(last, r.Renewal)):
		return false
	case on(r.Certificate):
		r.Renewal = last
	case bytes.Equal(last, r.Renewal): // registered elsewhere, or, if a person removed the other one, not yet
		return false
	default:
		r.Certificate, r.Renewal, r.Replaced = first, nil, nil
		if len(held) > 1 {
			r.Renewal = last
		}
	}
	return true
}

// describe fills in what the token tells of a key that was registered elsewhere.
func (w *work) describe(key Key) (err error) {
	w.r.Public, err = publicHash(key)
	label := key.Label()
	for _, k := range w.a.tokenInfo(w.d.id).Keys {
		if bytes.Equal(k.Certificate, key.Certificate().Raw) {
			label = k.Label // the key's own may be another one
		}
	}
	name, ours := strings.CutPrefix(label, LabelPrefix)
	w.r.Name, w.r.Foreign = name, !ours
	return err
}
