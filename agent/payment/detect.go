package payment

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"unicode/utf8"
)

// maxXML is the largest XML document that is read, in bytes; maxDepth how deep
// its elements may nest (a pain.001 needs 12).
const (
	maxXML   = 16 << 20
	maxDepth = 32
)

var utf8BOM = []byte("\xEF\xBB\xBF")

// read finds out what data is and fills in the rest of the document.
func (d *Document) read(mediaType string, data []byte) {
	text := bytes.TrimPrefix(data, utf8BOM)
	l := inspect(text)
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		d.Type = TypePDF
	case isUTF16XML(data):
		d.Type = TypeXML
		d.unreadable(problem("encoding"))
	case startsLikeXML(text) && d.readXML(mediaType, data, l):
	case !l.utf8 || bytes.IndexByte(text, 0) >= 0:
		d.Type = TypeBinary
		switch family(mediaType) {
		case TypeText, TypeXML, TypeJSON:
			if !l.utf8 {
				d.flag(FlagNotUTF8, "")
			}
		}
		return
	case startsLikeJSON(text) && json.Valid(text):
		d.Type = TypeJSON
	default:
		d.Type = TypeText
		d.readText(text)
	}
	if l.hidden && d.Type != TypePDF {
		d.flag(FlagControl, "")
	}
}

// readText shows the beginning of a plain text.
func (d *Document) readText(text []byte) {
	// A character has at most utf8.UTFMax bytes: no need to look at more.
	start, marked := mark(string(text[:min(len(text), (maxText+1)*utf8.UTFMax)]), true)
	if marked {
		d.flag(FlagControl, "")
	}
	var cut bool
	if d.Text, cut = shorten(start, maxText); cut {
		d.flag(FlagTruncated, "")
	}
}

// readXML reads data that starts like XML. It reports false if data is not XML
// and nobody says that it were.
func (d *Document) readXML(mediaType string, data []byte, l look) bool {
	err := d.readPain(data, l)
	if err == nil {
		return true
	}
	text := bytes.TrimPrefix(data, utf8BOM)
	pain := bytes.Contains(data, []byte("pain.001")) || bytes.Contains(data, []byte("CstmrCdtTrfInitn")) ||
		bytes.Contains(data, []byte("CdtTrfTxInf")) || strings.Contains(mediaType, "pain.001")
	sound := wellFormed(data)
	if !pain && !sound && !bytes.HasPrefix(text, []byte("<?xml")) && family(mediaType) != TypeXML {
		return false
	}
	d.Type = TypeXML
	if !sound && err == problem("namespace") {
		err = problem("syntax")
	}
	if pain || !sound || err == problem("dtd") || err == problem("encoding") {
		d.unreadable(err)
	}
	return true
}

// unreadable flags XML that was not read.
func (d *Document) unreadable(err error) {
	reason, element, _ := strings.Cut(err.Error(), ":")
	d.flag(FlagUnreadable, err.Error())
	switch reason {
	case "dtd":
		d.flag(FlagDTD, "")
	case "encoding":
		d.flag(FlagNotUTF8, "")
	case "unknown":
		d.flag(FlagForeignElements, element)
	}
}

// A look says what characters a text is made of.
type look struct {
	utf8   bool // it is valid UTF-8; the other two count only then
	xml    bool // XML allows all of them
	hidden bool // there are hidden ones, other than tabs and line ends
}

// inspect looks at every character of text.
func inspect(text []byte) look {
	l := look{utf8: true, xml: true}
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if c < ' ' && !blank(c) {
				l.hidden, l.xml = true, false
			} else if c == 0x7F {
				l.hidden = true
			}
			i++
			continue
		}
		if cyrillic(text[i:]) {
			i += 2
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return look{}
		}
		if hidden(r) {
			l.hidden = true
			l.xml = l.xml && xmlChar(r) // U+FFFE and U+FFFF are not graphic either
		}
		i += n
	}
	return l
}

// isUTF16XML reports whether data is XML in UTF-16 (XML 1.0 appendix F).
func isUTF16XML(data []byte) bool {
	for _, start := range []string{"\xFE\xFF\x00<", "\xFF\xFE<\x00", "\x00<\x00", "<\x00"} {
		if bytes.HasPrefix(data, []byte(start)) {
			return true
		}
	}
	return false
}

// startsLikeXML reports whether text begins with a tag or a declaration.
func startsLikeXML(text []byte) bool {
	text = bytes.TrimLeft(text, blanks)
	if len(text) < 2 || text[0] != '<' {
		return false
	}
	c := text[1]
	return c == '?' || c == '!' || c == '_' || c == ':' || c >= utf8.RuneSelf || 'A' <= c&^0x20 && c&^0x20 <= 'Z'
}

func startsLikeJSON(text []byte) bool {
	text = bytes.TrimLeft(text, blanks)
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// wellFormed reports whether data is one XML element, by the standard library. It
// only tells XML from what looks like it, for documents that are not shown.
func wellFormed(data []byte) bool {
	if len(data) > maxXML {
		return false
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	for roots, depth := 0, 0; ; {
		token, err := dec.Token()
		if err == io.EOF {
			return roots == 1
		}
		if err != nil {
			return false
		}
		switch token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxDepth*maxDepth {
			return false
		}
	}
}

// mismatch reports whether a page's media type is not what the bytes are. No type,
// and the type for unknown bytes, claim nothing.
func mismatch(mediaType, actual string) bool {
	m := base(mediaType)
	if m == "" || m == TypeBinary {
		return false
	}
	if _, message, ok := strings.Cut(m, "pain."); ok {
		return !strings.HasPrefix(actual, "pain."+strings.TrimSuffix(message, "+xml"))
	}
	return family(m) != family(actual)
}

// family returns the type of this package that a media type belongs to, or the
// media type.
func family(mediaType string) string {
	switch m := base(mediaType); {
	case m == "text/xml" || strings.HasSuffix(m, "+xml") || strings.HasPrefix(m, "pain."):
		return TypeXML
	case m == "text/json" || strings.HasSuffix(m, "+json"):
		return TypeJSON
	case strings.HasPrefix(m, "text/"):
		return TypeText
	case m == "":
		return TypeBinary
	default:
		return m
	}
}

// base returns a media type in lower case without its parameters (RFC 9110 section 8.3.1).
func base(mediaType string) string {
	m, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(m))
}
