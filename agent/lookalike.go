package agent

import (
	"strings"
	"unicode/utf8"
)

// lookalike tells whether host seems made to be taken for a known site: the
// registrable domain (given by site) is spelled with look-alike letters, is
// one letter off, or carries the known name inside. Such a site is refused
// without a question, as a question is just what it wants.
//
// It is a coarse sieve for the obvious cases and no list of confusables
// (UTS #39); what passes is still only a question to the person.
func lookalike(host, known string, site func(string) string) bool {
	d, k := site(host), site(known)
	if d == k || d == "" || k == "" {
		return false
	}
	// The name of the known site inside a foreign one: ib.bank.kz.pay.com,
	// bank-kz.com, login-bank.com. Names under five letters occur by chance.
	name, _, _ := strings.Cut(k, ".")
	if flat := skeleton(host); len(skeleton(name)) >= 5 && strings.Contains(flat, skeleton(name)) ||
		len(skeleton(k)) >= 5 && strings.Contains(flat, skeleton(k)) {
		return true
	}
	return len(name) >= 6 && within1(skeleton(d), skeleton(k))
}

// skeleton maps a host to what a hasty eye sees: separators gone, letters that
// look alike made equal, xn-- labels decoded.
func skeleton(host string) string {
	var b strings.Builder
	for label := range strings.SplitSeq(host, ".") {
		if enc, ok := strings.CutPrefix(label, "xn--"); ok {
			if dec, ok := punycode(enc); ok {
				label = dec
			}
		}
		b.WriteString(label)
	}
	return confusables.Replace(b.String())
}

var confusables = strings.NewReplacer("-", "", "_", "", "rn", "m", "vv", "w", "cl", "d",
	"0", "o", "1", "l", "i", "l", "3", "e", "5", "s",
	"а", "a", "в", "b", "с", "c", "е", "e", "ё", "e", "һ", "h", "і", "l", "ј", "j", "к", "k", "м", "m", "н", "h",
	"о", "o", "р", "p", "ѕ", "s", "т", "t", "у", "y", "ү", "y", "х", "x", "ԁ", "d", "ԛ", "q", "ԝ", "w", "ɡ", "g", "ı", "l",
	"à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "å", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"ì", "l", "í", "l", "î", "l", "ï", "l", "ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ø", "o",
	"ù", "u", "ú", "u", "û", "u", "ü", "u", "ý", "y", "ÿ", "y", "ß", "ss", "α", "a", "ο", "o", "ν", "v", "ρ", "p", "κ", "k")

// within1 tells whether a and b differ by at most one letter put in, left out,
// changed, or swapped with its neighbour.
func within1(a, b string) bool {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	swapped := len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
	return len(x) <= 1 && len(y) <= 1 || swapped
}

// punycode decodes a label after its "xn--" (RFC 3492 §6.2).
func punycode(s string) (string, bool) {
	const base, tmin, tmax, skew, damp = 36, 1, 26, 38, 700
	var out []rune
	if i := strings.LastIndexByte(s, '-'); i > 0 {
		out, s = []rune(s[:i]), s[i+1:]
	}
	n, i, bias := 128, 0, 72
	for len(s) > 0 {
		old, w := i, 1
		for k := base; ; k += base {
			if s == "" {
				return "", false
			}
			c := int(s[0])
			s = s[1:]
			switch {
			case c >= 'a' && c <= 'z':
				c -= 'a'
			case c >= '0' && c <= '9':
				c -= '0' - 26
			default:
				return "", false
			}
			if i += c * w; i > utf8.MaxRune*64 {
				return "", false
			}
			t := min(max(k-bias, tmin), tmax)
			if c < t {
				break
			}
			if w *= base - t; w > utf8.MaxRune {
				return "", false
			}
		}
		// §6.1 adapts the bias to what was just decoded.
		delta, size := (i-old)/2, len(out)+1
		if old == 0 {
			delta = (i - old) / damp
		}
		delta += delta / size
		k := 0
		for delta > ((base-tmin)*tmax)/2 {
			delta /= base - tmin
			k += base
		}
		bias = k + (base-tmin+1)*delta/(delta+skew)
		if n += i / size; n > utf8.MaxRune {
			return "", false
		}
		i %= size
		out = append(out[:i], append([]rune{rune(n)}, out[i:]...)...)
		i++
	}
	return string(out), true
}
