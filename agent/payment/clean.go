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

// blank reports whether c is one of the four white space characters of XML.
func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

const blanks = " \t\r\n"

// A cleaner writes text with every hidden character made visible.
type cleaner struct {
	strings.Builder
	limit  int  // runes that may be written, 0 for any number
	lines  bool // keep line feeds and tabs, and read CR LF as a line feed
	runes  int  // written
	marked bool // a character was hidden
	cut    bool // the limit was reached
}

// write adds s as far as the limit allows. What is cut off ends in "…", and a mark
// is never cut in two.
func (c *cleaner) write(s string) {
	for i, n := 0, 0; i < len(s) && !c.cut; i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			c.marked = true
			c.put(fmt.Sprintf("⟨0x%02X⟩", s[i]), i+n == len(s))
		case c.lines && (r == '\n' || r == '\t' || r == '\r' && strings.HasPrefix(s[i+1:], "\n")):
			if r != '\r' {
				c.put(s[i:i+n], i+n == len(s))
			}
		case hidden(r):
			c.marked = true
			c.put(fmt.Sprintf("⟨U+%04X⟩", r), i+n == len(s))
		default:
			c.put(s[i:i+n], i+n == len(s))
		}
	}
}

// put writes one character or mark; last says that nothing follows it.
func (c *cleaner) put(s string, last bool) {
	n := utf8.RuneCountInString(s)
	room := c.limit - c.runes
	if c.limit > 0 && (n > room || n == room && !last) {
		c.cut = true
		s, n = "…", 1
	}
	c.WriteString(s)
	c.runes += n
}

// clean returns s without the white space around it and with every hidden
// character made visible, and whether there was one.
func clean(s string) (string, bool) {
	s = strings.Trim(s, blanks)
	if strings.IndexFunc(s, hidden) < 0 && utf8.ValidString(s) {
		return s, false
	}
	var c cleaner
	c.write(s)
	return c.String(), c.marked
}
