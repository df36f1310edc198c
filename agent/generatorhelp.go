package agent

import "slices"

// generatorHelp is whom to call about a code generator that the bank of that name handed
// out: that bank, or nobody where no descriptor of the administrator's has it. For "" it
// is every bank whose descriptor has telephone numbers. Any program of the person could
// put its own number into another descriptor, and be called about a locked token.
func (a *Agent) generatorHelp(issuer string) []Support {
	trusted := slices.DeleteFunc(slices.Clone(a.config.Banks), func(b Bank) bool { return !b.Trusted })
	several := len(trusted) > 1
	lang := a.language()
	var all []Support
	for _, b := range trusted {
		s := Support{Phones: b.Help.Phones, Text: localName(b.Support, lang)}
		if issuer == "" && several {
			s.Bank = generatorName(localName(b.Names, lang))
		}
		if issuer == "" && len(s.Phones) > 0 || b.called(issuer) {
			all = append(all, s)
		}
	}
	return all
}

// called tells whether a code generator's record calls the bank so, in whatever language
// that was written.
func (b Bank) called(issuer string) bool {
	for _, name := range b.Names {
		if name != "" && generatorName(name) == issuer {
			return true
		}
	}
	return false
}

// issuer is the bank that handed the device out, as its descriptor has it, or "". What a
// SpectraNet token has for an issuer comes from a file or an address, which may call it
// anything.
func (d *generator) issuer() string {
	if d.meta.Kind == GeneratorMobi {
		return d.meta.Bank
	}
	return ""
}
