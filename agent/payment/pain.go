package payment

import (
	"bytes"
	"math/big"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// Namespaces that programs declare on the root without meaning anything by it.
const (
	xsiNamespace = "http://www.w3.org/2001/XMLSchema-instance"
	xsdNamespace = "http://www.w3.org/2001/XMLSchema"
)

// maxJoined is the longest text of several lines, in bytes: more than a person reads.
const maxJoined = 8 << 10

// A reader reads one pain.001 along the schema.
type reader struct {
	scanner
	prefix   []byte // of every element's name, with its colon; may be empty
	old      bool   // BIC generation
	v        [slots]string
	currency string // of the last InstdAmt
	doc      Document
	first    int     // payments before this PmtInf
	sum      big.Int // of this PmtInf, in units of scaled
	total    big.Int // of those before it
}

// readPain reads data as a pain.001. Unless it succeeds, d is left as it was; the
// error is then a problem.
func (d *Document) readPain(data []byte, l look) error {
	switch {
	case len(data) > maxXML:
		return problem("size")
	case !l.utf8:
		return problem("encoding")
	case !l.xml:
		return problem("character")
	}
	r := reader{scanner: scanner{data: data}, doc: *d}
	if err := r.document(); err != nil {
		return err
	}
	if r.marked {
		r.doc.flag(FlagControl, "")
	}
	r.duplicates()
	r.doc.Kind = KindPayment
	*d = r.doc
	return nil
}

// document reads the whole of it.
func (r *reader) document() error {
	if err := r.prolog(); err != nil {
		return err
	}
	if err := r.between(); err != nil {
		return err
	}
	t, err := r.start()
	if err != nil {
		return err
	}
	if i := bytes.IndexByte(t.name, ':'); i >= 0 {
		r.prefix = t.name[:i+1]
	}
	if err := r.namespaces(); err != nil {
		return err
	}
	if string(r.local(t)) != "Document" {
		return problem("namespace")
	}
	if err := r.group(t, &node{name: "Document", nodes: schema}); err != nil {
		return err
	}
	if err := r.between(); err != nil {
		return err
	}
	if r.pos < len(r.data) {
		return problem("syntax")
	}
	return nil
}

// namespaces reads the attributes of the root: its own prefix (or the default) is
// bound to a message's namespace, no other one to anything that could matter.
func (r *reader) namespaces() error {
	own := "xmlns"
	if len(r.prefix) > 0 {
		own = "xmlns:" + string(r.prefix[:len(r.prefix)-1])
	}
	xsi, found := "", false
	for _, a := range r.attrs {
		name, value := string(a.name), string(a.value)
		prefix, declares := strings.CutPrefix(name, "xmlns:")
		switch {
		case declares && strings.HasPrefix(prefix, "xml"):
			return problem("namespace")
		case name == own:
			var m message
			if m, found = messages[value]; !found {
				return problem("namespace")
			}
			r.doc.Type, r.old = m.name, m.old
		case declares && value == xsiNamespace:
			xsi = prefix
		case declares && value == xsdNamespace:
		case declares || name == "xmlns":
			return problem("namespace")
		}
	}
	if !found {
		return problem("namespace")
	}
	for _, a := range r.attrs {
		name := string(a.name)
		declares := name == "xmlns" || strings.HasPrefix(name, "xmlns:")
		if !declares && (xsi == "" || name != xsi+":schemaLocation") {
			return problem("attribute")
		}
	}
	return nil
}

// local returns a tag's name without the prefix that all have, or nil.
func (r *reader) local(t tag) []byte {
	name, ok := bytes.CutPrefix(t.name, r.prefix)
	if !ok || bytes.IndexByte(name, ':') >= 0 {
		return nil
	}
	return name
}

// child goes to the next child of the open element and reads its start tag. It
// reports false at the open element's end tag.
func (r *reader) child() (tag, bool, error) {
	if err := r.between(); err != nil {
		return tag{}, false, err
	}
	if r.has("</") {
		return tag{}, false, nil
	}
	t, err := r.start()
	if err == nil && r.local(t) == nil {
		err = problem("namespace")
	}
	return t, err == nil, err
}

// group reads the content and the end tag of an element whose children are known.
func (r *reader) group(t tag, n *node) error {
	var seen uint64
	for !t.empty {
		c, more, err := r.child()
		if err != nil {
			return err
		}
		if !more {
			if err := r.end(t.name); err != nil {
				return err
			}
			break
		}
		i := r.find(n.nodes, c)
		if i < 0 {
			return problem("unknown:" + string(r.local(c)))
		}
		if seen&(1<<i) != 0 && n.nodes[i].rule&many == 0 {
			return problem("duplicate:" + n.nodes[i].name)
		}
		seen |= 1 << i
		if err := r.element(c, &n.nodes[i]); err != nil {
			return err
		}
	}
	for i := range n.nodes {
		if seen&(1<<i) == 0 && n.nodes[i].rule&need != 0 && r.applies(&n.nodes[i]) {
			return problem("missing:" + n.nodes[i].name)
		}
	}
	if n.rule&choice != 0 && bits.OnesCount64(seen) != 1 {
		return problem("choice:" + n.name)
	}
	return nil
}

// find returns the index of the node for a tag, or -1.
func (r *reader) find(nodes []node, t tag) int {
	name := r.local(t)
	for i := range nodes {
		if nodes[i].name == string(name) && r.applies(&nodes[i]) {
			return i
		}
	}
	return -1
}

// applies reports whether the message that is read has the node.
func (r *reader) applies(n *node) bool {
	return n.rule&older == 0 && !r.old || n.rule&newer == 0 && r.old
}

// element reads one element after its start tag.
func (r *reader) element(t tag, n *node) error {
	if n.rule&refuse != 0 {
		return problem("refused:" + n.name)
	}
	if n.slot == amount {
		if len(r.attrs) != 1 || string(r.attrs[0].name) != "Ccy" {
			return problem("attribute")
		}
		r.currency = string(r.attrs[0].value)
		if len(r.currency) != 3 || !upper(r.currency) {
			return problem("value:Ccy")
		}
	} else if len(r.attrs) != 0 {
		return problem("attribute")
	}
	var err error
	switch {
	case n.nodes != nil:
		err = r.group(t, n)
	case n.slot != 0:
		err = r.value(t, n)
	default:
		err = r.skip(t, 1)
	}
	if err != nil {
		return err
	}
	if n.rule&unseen != 0 {
		r.doc.flag(FlagNotShown, n.name)
	}
	if n.rule&foreign != 0 {
		r.doc.flag(FlagForeignElements, n.name)
	}
	if n.done != nil {
		return n.done(r)
	}
	return nil
}

// value reads text into the slot of n.
func (r *reader) value(t tag, n *node) error {
	if t.empty {
		return problem("empty:" + n.name)
	}
	raw, err := r.text()
	if err != nil {
		return err
	}
	s, err := r.unescape(raw)
	if err != nil {
		return err
	}
	if strings.Trim(s, blanks) == "" {
		return problem("empty:" + n.name)
	}
	if len(s) > n.max && utf8.RuneCountInString(s) > n.max {
		return problem("long:" + n.name)
	}
	if before := r.v[n.slot]; before != "" {
		if s = before + " " + s; len(s) > maxJoined {
			return problem("long:" + n.name)
		}
	}
	r.v[n.slot] = s
	return r.end(t.name)
}

// skip reads an element that is not shown: either text or elements of the same
// namespace, none of them one that is read elsewhere.
func (r *reader) skip(t tag, depth int) error {
	if depth > maxDepth {
		return problem("depth")
	}
	if t.empty {
		return nil
	}
	start := r.pos
	r.skipBlank()
	if !r.has("<") || r.has("</") {
		r.pos = start
		raw, err := r.text()
		if err != nil {
			return err
		}
		if bytes.IndexByte(raw, '&') >= 0 {
			if _, err := r.unescape(raw); err != nil {
				return err
			}
		}
		return r.end(t.name)
	}
	for {
		c, more, err := r.child()
		if err != nil {
			return err
		}
		if !more {
			return r.end(t.name)
		}
		if name := string(r.local(c)); core(name) {
			return problem("unknown:" + name)
		}
		if len(r.attrs) > 1 || len(r.attrs) == 1 && string(r.attrs[0].name) != "Ccy" {
			return problem("attribute")
		}
		if err := r.skip(c, depth+1); err != nil {
			return err
		}
	}
}
