package agent

import (
	"log/slog"
	"net"
	"slices"
	"strings"

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
	// until the person was asked. They say nothing of the sites, the hosts and
	// the certificates of a trusted one.
	Trusted bool
	Help    DriverHelp // about the bank's own kind of token

	// Enroller is where certificates are had from, nil where the descriptor does not
	// tell; Host is its name as people are shown it: its hosts, separated by ", ".
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

// ownHosts leaves out where certificates are had from in descriptors of the person's own that
// name a host of a trusted one: whose certificates it has is known by that one's CA alone, and
// the host is all that a person sees of them.
func ownHosts(banks []Bank, log *slog.Logger) []Bank {
	taken := map[string]bool{}
	for _, b := range banks {
		for _, host := range b.hosts() {
			taken[host] = taken[host] || b.Trusted
		}
	}
	banks = slices.Clone(banks)
	for i, b := range banks {
		if !b.Trusted && slices.ContainsFunc(b.hosts(), func(host string) bool { return taken[host] }) {
			log.Warn("a bank's descriptor names a host of the administrator's", "host", b.Host)
			banks[i].Enroller = nil
		}
	}
	return banks
}

// hosts are those that certificates are had from, without ports, in the one spelling that
// all others mean.
func (b Bank) hosts() (all []string) {
	if b.Enroller == nil {
		return nil
	}
	for host := range strings.SplitSeq(b.Host, ", ") {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		all = append(all, strings.ToLower(strings.TrimSuffix(host, ".")))
	}
	return all
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
