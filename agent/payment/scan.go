package payment

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A problem is the reason why a document was not read, as FlagUnreadable has it.
type problem string // a code with its detail, such as "missing:Nm"; never a sentence

func (p problem) Error() string { return string(p) }

// A scanner reads XML, accepting only what every XML parser understands in the
// same way: UTF-8, elements, text, the five predefined entities, character
// references, and comments between elements. All else is a problem: a document
// type, processing instructions, CDATA, comments in or beside text, references in
// attributes, names that are not plain ASCII.
//
// It is small instead of being encoding/xml because it sits on the way of every
// signature, a thousand times for a batch, and because encoding/xml hands out text
// joined across comments and CDATA, which is what must be noticed here.
type scanner struct {
	data   []byte
	pos    int
	attrs  []attribute // of the last start tag
	marked bool        // a character reference stood for a hidden character
}

// An attribute of a start tag; the value is as written, without references.
type attribute struct{ name, value []byte }

// A tag is a start tag. An empty one, <a/>, has no end tag.
type tag struct {
	name  []byte // with its prefix
	empty bool
}

const maxTagName = 64 // bytes

func (s *scanner) rest() []byte { return s.data[s.pos:] }

func (s *scanner) has(prefix string) bool {
	return len(s.data)-s.pos >= len(prefix) && string(s.data[s.pos:s.pos+len(prefix)]) == prefix
}

func (s *scanner) skipBlank() (found bool) {
	start := s.pos
	for s.pos < len(s.data) && blank(s.data[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

// prolog reads the byte order mark and the XML declaration, which may be missing.
func (s *scanner) prolog() error {
	if bytes.HasPrefix(s.data, utf8BOM) {
		s.pos = len(utf8BOM)
	}
	if !s.has("<?xml") || len(s.rest()) > 5 && !blank(s.rest()[5]) {
		return nil
	}
	s.pos += len("<?xml")
	if err := s.attributes(); err != nil {
		return err
	}
	if !s.has("?>") {
		return problem("syntax")
	}
	s.pos += len("?>")
	if len(s.attrs) == 0 || string(s.attrs[0].name) != "version" {
		return problem("syntax")
	}
	for i, a := range s.attrs {
		switch value := string(a.value); string(a.name) {
		case "version":
			if value != "1.0" {
				return problem("version")
			}
		case "encoding":
			if i != 1 || !strings.EqualFold(value, "UTF-8") {
				return problem("encoding")
			}
		case "standalone":
			if i != len(s.attrs)-1 || value != "yes" && value != "no" {
				return problem("syntax")
			}
		default:
			return problem("syntax")
		}
	}
	return nil
}

// between skips white space and comments, as they may stand between elements. It
// leaves the scanner at a tag, at text or at the end.
func (s *scanner) between() error {
	for {
		s.skipBlank()
		if !s.has("<!") && !s.has("<?") {
			return nil
		}
		if !s.has("<!--") {
			return s.markup()
		}
		body := s.rest()[len("<!--"):]
		end := bytes.Index(body, []byte("--"))
		if end < 0 || !bytes.HasPrefix(body[end:], []byte("-->")) { // XML 1.0 section 2.5: no "--" inside
			return problem("syntax")
		}
		s.pos += len("<!--") + end + len("-->")
	}
}

// markup names what stands at the scanner and is refused there.
func (s *scanner) markup() error {
	switch {
	case s.has("<!--"):
		return problem("comment")
	case s.has("<![CDATA["):
		return problem("cdata")
	case s.has("<!"):
		return problem("dtd")
	case s.has("<?"):
		return problem("instruction")
	default:
		return problem("syntax")
	}
}

// start reads a start tag; its attributes are in s.attrs until the next one.
func (s *scanner) start() (tag, error) {
	if !s.has("<") {
		if s.pos == len(s.data) {
			return tag{}, problem("syntax")
		}
		return tag{}, problem("text")
	}
	s.pos++
	name, err := s.name()
	if err != nil {
		return tag{}, err
	}
	if err := s.attributes(); err != nil {
		return tag{}, err
	}
	switch {
	case s.has(">"):
		s.pos++
		return tag{name: name}, nil
	case s.has("/>"):
		s.pos += 2
		return tag{name: name, empty: true}, nil
	}
	return tag{}, problem("syntax")
}

// end reads the end tag of name.
func (s *scanner) end(name []byte) error {
	if !s.has("</") || !bytes.HasPrefix(s.rest()[2:], name) {
		return problem("syntax")
	}
	s.pos += 2 + len(name)
	s.skipBlank()
	if !s.has(">") {
		return problem("syntax")
	}
	s.pos++
	return nil
}

// name reads the name of an element or attribute: ASCII, at most one colon.
func (s *scanner) name() ([]byte, error) {
	start, colons := s.pos, 0
	for s.pos < len(s.data) && nameByte(s.data[s.pos]) {
		if s.data[s.pos] == ':' {
			colons++
		}
		s.pos++
	}
	name := s.data[start:s.pos]
	if len(name) == 0 || len(name) > maxTagName || colons > 1 || name[0] == ':' || name[len(name)-1] == ':' ||
		'0' <= name[0] && name[0] <= '9' || name[0] == '-' || name[0] == '.' {
		return nil, problem("syntax")
	}
	return name, nil
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '_' || c == ':' || c == '-' || c == '.'
}

// attributes reads the attributes of a tag, each after white space and once, and
// the white space after them.
func (s *scanner) attributes() error {
	s.attrs = s.attrs[:0]
	for s.skipBlank() && s.pos < len(s.data) && nameByte(s.data[s.pos]) {
		name, err := s.name()
		if err != nil {
			return err
		}
		s.skipBlank()
		if !s.has("=") {
			return problem("syntax")
		}
		s.pos++
		s.skipBlank()
		if !s.has(`"`) && !s.has("'") {
			return problem("syntax")
		}
		quote := s.data[s.pos]
		s.pos++
		n := bytes.IndexByte(s.rest(), quote)
		if n < 0 {
			return problem("syntax")
		}
		value := s.rest()[:n]
		s.pos += n + 1
		if bytes.ContainsAny(value, "<&") {
			return problem("attribute")
		}
		for _, a := range s.attrs {
			if bytes.Equal(a.name, name) {
				return problem("attribute")
			}
		}
		if len(s.attrs) == maxAttributes {
			return problem("attribute")
		}
		s.attrs = append(s.attrs, attribute{name, value})
	}
	return nil
}

const maxAttributes = 16

// text reads character data up to the next tag, which must be an end tag: nothing
// may stand within a value, not even a comment.
func (s *scanner) text() ([]byte, error) {
	n := bytes.IndexByte(s.rest(), '<')
	if n < 0 {
		return nil, problem("syntax")
	}
	raw := s.rest()[:n]
	s.pos += n
	if bytes.Contains(raw, []byte("]]>")) { // XML 1.0 section 2.4
		return nil, problem("syntax")
	}
	if s.has("</") {
		return raw, nil
	}
	if s.has("<!") || s.has("<?") {
		return nil, s.markup()
	}
	return nil, problem("text")
}

// unescape returns text with its references replaced and its line ends made line
// feeds (XML 1.0 sections 2.11 and 4.1).
func (s *scanner) unescape(raw []byte) (string, error) {
	if bytes.IndexByte(raw, '\r') >= 0 {
		raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	if bytes.IndexByte(raw, '&') < 0 {
		return string(raw), nil
	}
	var b strings.Builder
	for {
		before, after, found := bytes.Cut(raw, []byte("&"))
		b.Write(before)
		if !found {
			return b.String(), nil
		}
		name, _, found := bytes.Cut(after[:min(len(after), maxReference)], []byte(";"))
		r, ok := referred(string(name))
		if !found || !ok {
			return "", problem("entity")
		}
		if hidden(r) {
			s.marked = true
		}
		b.WriteRune(r)
		raw = after[len(name)+1:]
	}
}

const maxReference = len("#x0010FFFF;") // bytes after the ampersand

// referred returns the character that &name; stands for.
func referred(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	number, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	radix := 10
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, radix = hex, 16
	}
	n, err := strconv.ParseUint(number, radix, 32)
	if err != nil || !xmlChar(rune(n)) {
		return 0, false
	}
	return rune(n), true
}

// xmlChar reports whether XML 1.0 (section 2.2) allows the character.
func xmlChar(r rune) bool {
	return (r >= ' ' || r == '\t' || r == '\n' || r == '\r') && r != 0xFFFE && r != 0xFFFF && utf8.ValidRune(r)
}
