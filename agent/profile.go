package agent

import (
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"strings"
	"time"

	"qoltanba/agent/payment"
)

// profiles lists what a person can choose from: an entry for every key with a
// certificate that may sign, and one for every token that has none. A sealed token
// cannot be judged before its password was right: its one entry is no empty one.
func profiles(tokens []TokenInfo, now time.Time, primary func(*x509.Certificate) bool) []Profile {
	var all []Profile
	for _, t := range tokens {
		p := Profile{
			ID:      ProfileID{Token: t.ID},
			Name:    displayName(t),
			Retries: retries(t),
			Locked:  t.PINLocked,
			PINPad:  t.PINPad,
			KeyFile: t.KeyFile,
			MinPIN:  t.MinPIN,
			MaxPIN:  t.MaxPIN,

			PINDefault: t.PINDefault,
		}
		signable := 0
		for _, k := range t.Keys {
			cert, err := x509.ParseCertificate(k.Certificate)
			if err != nil || primary(cert) {
				continue // foreign objects and primary keys are no profile
			}
			signable++
			q := p
			if name, ours := strings.CutPrefix(k.Label, LabelPrefix); ours && !t.KeyFile { // the Token Name of the wizard
				q.Name = payment.Visible(t.Name) + " " + payment.Visible(name)
			}
			q.ID.Key, q.ID.Certificate = hex.EncodeToString(k.ID), fingerprint(k.Certificate)
			q.Subject = payment.Visible(cert.Subject.CommonName)
			q.Issuer = payment.Visible(cert.Issuer.CommonName)
			q.NotAfter = cert.NotAfter.UTC().Format(time.RFC3339)
			q.DaysLeft = daysLeft(cert.NotAfter, now)
			q.Expired = now.Before(cert.NotBefore) || now.After(cert.NotAfter)
			all = append(all, q)
		}
		switch {
		case signable > 0:
		case t.Sealed:
			all = append(all, p)
		default:
			p.Empty = true
			p.Name += " -?"
			all = append(all, p)
		}
	}
	return all
}

// profiles lists what a person can choose from now. a.mu is held.
func (a *Agent) profiles() []Profile {
	all := profiles(a.tokens, time.Now(), a.primary)
	for i := range all {
		p := &all[i]
		d := a.devices[p.ID.Token]
		p.Unlocked = d != nil && d.state == TokenUnlocked
		p.PINDefault = p.PINDefault || a.defaults[p.ID.Token].user && !p.KeyFile // whose password is not changed here
		p.Preferred = preferred(*p, a.settings.Preferred)
		p.Renewable = a.renewable(*p)
	}
	return all
}

// preferred tells whether a profile is the one that the person prefers. The key of a
// file may have been unknown then, or be so now.
func preferred(p Profile, id ProfileID) bool {
	return p.ID == id || p.KeyFile && p.ID.Token == id.Token && (p.ID.Key == "" || id.Key == "")
}

// Prefer makes a profile the one that windows begin with.
func (a *Agent) Prefer(p ProfileID) error {
	return a.changeSettings(func(s *Settings) { s.Preferred = p })
}

// fingerprint is the SHA-256 of a certificate's DER, in hex.
func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// displayName is the name of a token in the profile list, as the bank's
// instructions have it. Where it has no profile, " -?" follows: an empty token
// shows as "KAZTOKEN <no label> -?", to the letter. A key file has its own name.
func displayName(t TokenInfo) string {
	if t.KeyFile {
		return payment.Visible(t.Label)
	}
	return payment.Visible(t.Name) + " " + cmp.Or(payment.Visible(t.Label), "<no label>")
}

// retries tells what the token's flags say about the tries left.
func retries(t TokenInfo) int {
	switch {
	case t.PINLocked:
		return 0
	case t.PINFinal:
		return 1
	case t.PINLow:
		return RetriesLow
	}
	return RetriesUnknown
}

// describe returns the profile as it is shown, with its token connected or not.
func (a *Agent) describe(id ProfileID) Profile {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.profiles() {
		if p.ID == id {
			return p
		}
	}
	p := Profile{ID: id, Retries: RetriesUnknown}
	for _, s := range a.sessions {
		if s.profile == id {
			p.Subject = s.subject
		}
	}
	return p
}
