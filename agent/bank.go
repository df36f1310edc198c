package agent

import (
	"slices"

	"qoltanba/agent/otp"
)

// Bank is what the rules need of a bank's descriptor.
type Bank struct {
	Names   map[string]string // by language: "kk", "ru", "en"
	Origins []string          // serialized origins

	// MobiPass is how its activation codes look, nil for a bank that has none.
	MobiPass *otp.PartRule

	// Trusted descriptors came from the administrator: their origins are
	// allowed without a question. Those of a person's own count as unknown
	// until the person was asked.
	Trusted bool
	Help    DriverHelp // about the bank's own kind of token

	// Enroller is where certificates are had from, nil where the descriptor does not
	// tell; Host is its name as people are shown it.
	Enroller Enroller
	Host     string
	Support  map[string]string // by language: whom to ask, beside Help.Phones
	Manager  map[string]string // by language: how a client's account manager is reached
	Primary  PrimaryRule       // which keys are its primary initialization keys
}

// bankOf returns the name, in the person's language, of the bank whose trusted
// descriptor has the origin. Names of other descriptors are not shown: any
// program of the person could put one there and call a site a bank.
func (a *Agent) bankOf(o Origin) (name string, trusted bool) {
	for _, b := range a.config.Banks {
		if b.Trusted && b.has(o) {
			return localName(b.Names, a.language()), true
		}
	}
	return "", false
}

// has tells whether an origin is one of the bank's.
func (b Bank) has(o Origin) bool {
	return slices.ContainsFunc(b.Origins, func(s string) bool {
		bo, err := ParseOrigin(s)
		return err == nil && bo == o
	})
}

// localName picks a name by language, with Russian and English to fall back on.
func localName(names map[string]string, lang string) string {
	for _, l := range []string{lang, "ru", "en", "kk"} {
		if n := names[l]; n != "" {
			return n
		}
	}
	return ""
}
