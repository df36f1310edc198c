package payment

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden reports whether a character cannot be seen or changes how others are
// drawn: control and format characters (among them all bidirectional controls of
// Unicode UAX #9 and the zero-width ones), line separators, private use and
// unassigned ones, fillers, variation selectors, the blank Braille pattern.
func hidden(r rune) bool {
	switch {
	case r < 0x7F:
		return r < ' '
	case r < 0xA0 || r == 0xAD:
		return true
	case r < 0x300 || 0x400 <= r && r < 0x530: // Latin, Cyrillic: decided without tables
		return false
	}
	return !unicode.IsGraphic(r) || r == 0x2800 ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// cyrillic reports whether s begins with a character of U+0400 to U+04FF, which
// are two bytes and never hidden. Most of what is read here is such text, and
// need not be decoded.
func cyrillic[S string | []byte](s S) bool {
	return len(s) > 1 && 0xD0 <= s[0] && s[0] <= 0xD3 && s[1]&0xC0 == 0x80
}

// blank reports whether c is one of the four white space characters of XML.
func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

const blanks = " \t\r\n"

// clean returns s without the white space around it and with every hidden
// character made visible, and whether there was one.
func clean(s string) (string, bool) {
	return mark(strings.Trim(s, blanks), false)
}

// Visible returns s as it may be shown to a person: without the white space
// around it, and with every hidden character and every byte that is not UTF-8
// written out, such as ⟨U+202E⟩. What Read returns is so already; this is for
// names that come from elsewhere, such as a certificate or a token.
func Visible(s string) string {
	s, _ = clean(s)
	return s
}

// mark returns s with every hidden character written out, such as ⟨U+202E⟩, and
// every byte that is not UTF-8, such as ⟨0xFF⟩, and whether there was one. With
// lines, tabs and line ends are kept, the latter as line feeds.
func mark(s string, lines bool) (string, bool) {
	var b strings.Builder
	marked := false
	start := 0 // of what is plain and not yet written
	for i, n := 0, 0; i < len(s); i += n {
		r := rune(s[i])
		if cyrillic(s[i:]) {
			n = 2
			continue
		}
		if n = 1; r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		invalid := r == utf8.RuneError && n == 1
		if !invalid && !hidden(r) || lines && (r == '\n' || r == '\t') {
			continue
		}
		b.WriteString(s[start:i])
		start = i + n
		switch {
		case lines && r == '\r' && strings.HasPrefix(s[start:], "\n"):
			continue
		case invalid:
			fmt.Fprintf(&b, "⟨0x%02X⟩", s[i])
		default:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
		marked = true
	}
	if start == 0 {
		return s, false
	}
	b.WriteString(s[start:])
	return b.String(), marked
}

const longestMark = len("⟨U+10FFFF⟩") // bytes

// shorten returns at most limit runes of s and whether that is not all of it. The
// last rune is "…" then, and no mark is cut in two.
func shorten(s string, limit int) (string, bool) {
	if len(s) <= limit { // bytes; there are no more runes than that
		return s, false
	}
	runes := 0
	end := 0 // of what fits beside "…"
	for i := range s {
		if runes == limit-1 {
			end = i
		}
		if runes++; runes > limit {
			tail := s[max(0, end-longestMark):end]
			if open := strings.LastIndex(tail, "⟨"); open > strings.LastIndex(tail, "⟩") {
				end -= len(tail) - open
			}
			return s[:end] + "…", true
		}
	}
	return s, false
}
