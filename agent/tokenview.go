package agent

import (
	"cmp"
	"crypto/x509"
	"slices"
	"time"

	"qoltanba/agent/payment"
)

// contentOf judges what a token holds: by all of its objects when it was
// checked, else by those that everybody can see. unfinished is what the journal
// says of it.
func contentOf(t TokenInfo, objects []Object, checked, unfinished bool) TokenContent {
	if !t.Initialized {
		return ContentBlank
	}
	if unfinished || halfMade(objects) {
		return ContentUnfinished
	}
	if !checked && len(certificatesOf(t, objects)) > 0 {
		return ContentProfile // its key cannot be seen yet
	}
	for _, o := range objects {
		if o.Kind == ObjectPrivateKey && hasCertificate(objects, o.ID) {
			return ContentProfile
		}
	}
	if slices.ContainsFunc(objects, func(o Object) bool { return !ofGenerator(o) }) {
		return ContentForeign
	}
	return ContentEmpty
}

// certificatesOf lists the certificates that can be seen on a token.
func certificatesOf(t TokenInfo, objects []Object) []Certificate {
	var all []Certificate
	var seen []string
	add := func(der []byte) {
		if sum := fingerprint(der); len(der) > 0 && !slices.Contains(seen, sum) {
			seen = append(seen, sum)
			all = append(all, ReadCertificate(der))
		}
	}
	for _, k := range t.Keys {
		add(k.Certificate)
	}
	for _, o := range objects {
		switch {
		case o.Kind != ObjectCertificate:
		case len(o.Certificate) > 0:
			add(o.Certificate)
		default: // one that we cannot read may be good for its bank all the same
			all = append(all, Certificate{Subject: payment.Visible(o.Label)})
		}
	}
	return all
}

// ReadCertificate says what a person is told of a certificate; nothing of one that
// cannot be read.
func ReadCertificate(der []byte) Certificate {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return Certificate{}
	}
	return Certificate{
		Subject:  payment.Visible(cert.Subject.CommonName),
		Issuer:   payment.Visible(cert.Issuer.CommonName),
		NotAfter: cert.NotAfter.UTC().Format(time.RFC3339),
	}
}

// devicesOnly returns the tokens that are devices: those that count where a token
// must be alone, and that a profile can be registered on.
func devicesOnly(tokens []TokenInfo) []TokenInfo {
	return slices.DeleteFunc(slices.Clone(tokens), func(t TokenInfo) bool { return t.KeyFile })
}

// view draws one of the connected tokens with what the panel knows of it. count is
// the number of devices among them.
func (a *Agent) view(t TokenInfo, count int, k *knownToken) TokenView {
	v := TokenView{Info: t, Name: displayName(t), Objects: k.objects, Checked: k.checked, Details: k.details,
		UserChecked: k.user != nil, AdminChecked: k.admin != nil}
	unfinished := a.journal.unfinished(t.ID)
	r, _ := a.journal.of(t.ID)
	v.Content = contentOf(t, r.withoutGone(k.objects), k.checked, unfinished)
	if v.Content != ContentProfile {
		v.Name += " -?"
	}
	a.mu.Lock()
	v.State = a.stateOf(t)
	d := a.defaults[t.ID]
	a.mu.Unlock()
	v.PINDefault, v.AdminDefault = t.PINDefault || d.user, t.AdminPINDefault || d.admin
	v.Losing = certificatesOf(t, k.objects)
	v.Generators = a.generatorsOn(t.ID, k.objects, k.checked)
	if len(v.Losing) > 0 {
		v.Confirm = cmp.Or(payment.Visible(t.Label), payment.Visible(t.Name))
	}
	v.Refusal = ErrorName(a.formatRefusal(v, count))
	v.Registration = ErrorName(a.registrationRefusal(v, count))
	return v
}

// stateOf is the state of a connected token. a.mu is held.
func (a *Agent) stateOf(t TokenInfo) TokenState {
	d := a.devices[t.ID]
	switch {
	case d != nil && d.state == TokenUnlocked:
		return TokenUnlocked
	case t.PINLocked, d != nil && d.state == TokenBlocked:
		return TokenBlocked
	}
	return TokenLocked
}

// formatRefusal is why a token may not be formatted, nil when it may. A profile
// is lost only by the way past ErrRegistered, which names it.
func (a *Agent) formatRefusal(v TokenView, count int) error {
	switch {
	case count > 1:
		return ErrManyTokens
	case v.Content == ContentUnfinished && !a.config.FormatUnfinished:
		return ErrUnfinished
	case len(v.Losing) > 0:
		return ErrRegistered
	case v.Info.AdminPINLocked:
		return ErrAdminPINLocked
	}
	return nil
}

// registrationRefusal is why no profile may be registered on a token, nil when
// one may; a registration that was begun with it may go on, also one that was set aside.
func (a *Agent) registrationRefusal(v TokenView, count int) error {
	_, other := a.journal.other(v.Info.ID)
	r, _ := a.journal.of(v.Info.ID)
	switch {
	case count > 1:
		return ErrManyTokens
	case other:
		return ErrOtherToken
	case (v.Content == ContentProfile || v.Content == ContentForeign) && !r.found(holds(v.Objects)):
		return ErrNotEmpty
	case v.Content == ContentBlank:
		return ErrBlank
	case v.Info.PINLocked:
		return ErrPINLocked
	}
	return nil
}
