package payment

import (
	"bytes"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
	"time"
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

// endTransfer adds the payment whose CdtTrfTxInf has been read.
func (r *reader) endTransfer() error {
	n := len(r.doc.Payments) + 1
	value, ok := normal(r.v[amount], amountFraction)
	if !ok {
		return problem("value:InstdAmt")
	}
	r.sum.Add(&r.sum, scaled(value))
	r.checkAccount(r.v[payeeIBAN], r.v[payeeNumber], n)
	if bic := r.v[bankBIC]; bic != "" && !validBIC(bic) {
		r.doc.flagPayment(FlagBIC, n)
	}
	if mixed(r.v[payee]) || mixed(r.v[bankName]) || !ascii(r.v[bankBIC]) {
		r.doc.flagPayment(FlagConfusable, n)
	}
	r.doc.Payments = append(r.doc.Payments, Payment{
		Payee:     r.shown(payee),
		Account:   r.shown(payeeIBAN) + r.shown(payeeNumber), // a choice: one is empty
		Bank:      join(", ", r.shown(bankName), r.shown(bankBIC), r.shown(bankMember), r.shown(bankNumber)),
		Amount:    value,
		Currency:  r.currency,
		Purpose:   join(": ", r.shown(purposeCode), r.shown(remittance)),
		Reference: r.shown(reference),
	})
	clear(r.v[reference:])
	return nil
}

// endInfo gives the payments of a PmtInf what it says of all of them, and checks
// its sums.
func (r *reader) endInfo() error {
	if m := r.v[method]; m != "TRF" && m != "TRA" { // CHK: a cheque
		return problem("value:PmtMtd")
	}
	if !validDate(r.v[date]) {
		return problem("value:ReqdExctnDt")
	}
	r.checkAccount(r.v[payerIBAN], r.v[payerNumber], r.first+1)
	if mixed(r.v[payer]) {
		r.doc.flagPayment(FlagConfusable, r.first+1)
	}
	name, account := r.shown(payer), r.shown(payerIBAN)+r.shown(payerNumber)
	payments := r.doc.Payments[r.first:]
	for i := range payments {
		payments[i].Payer, payments[i].PayerAccount, payments[i].Date = name, account, r.v[date]
	}
	if err := r.checkSums("PmtInf", infoCount, infoSum, len(payments), &r.sum); err != nil {
		return err
	}
	r.first = len(r.doc.Payments)
	r.total.Add(&r.total, &r.sum)
	r.sum.SetInt64(0)
	clear(r.v[infoCount:])
	return nil
}

// endMessage checks the sums of the header, which counts all of the message.
func (r *reader) endMessage() error {
	return r.checkSums("GrpHdr", headerCount, headerSum, len(r.doc.Payments), &r.total)
}

// checkSums compares NbOfTxs and CtrlSum, where they are given, with the content.
// The control sum adds up amounts whatever their currency.
func (r *reader) checkSums(element string, count, control slot, n int, sum *big.Int) error {
	if s := r.v[count]; s != "" {
		given, err := strconv.Atoi(s)
		if err != nil || !digits(s) {
			return problem("value:NbOfTxs")
		}
		if given != n {
			r.doc.flag(FlagCount, element)
		}
	}
	if s := r.v[control]; s != "" {
		given, ok := normal(s, sumFraction)
		if !ok {
			return problem("value:CtrlSum")
		}
		if scaled(given).Cmp(sum) != 0 {
			r.doc.flag(FlagTotals, element)
		}
	}
	return nil
}

// checkAccount flags an account that cannot be right. One of iban and number is "".
func (r *reader) checkAccount(iban, number string, n int) {
	if iban != "" && !validIBAN(iban) || looksLikeIBAN(number) && !validIBAN(number) {
		r.doc.flagPayment(FlagIBAN, n)
	}
	if !ascii(iban) || !ascii(number) {
		r.doc.flagPayment(FlagConfusable, n)
	}
}

// shown returns a value as a person sees it.
func (r *reader) shown(s slot) string {
	text, marked := clean(r.v[s])
	if marked {
		r.doc.flag(FlagControl, "")
	}
	return text
}

// duplicates flags a payment that is there twice.
func (r *reader) duplicates() {
	if len(r.doc.Payments) < 2 {
		return
	}
	seen := make(map[Payment]bool, len(r.doc.Payments))
	for i, p := range r.doc.Payments {
		p.Reference = ""
		if seen[p] {
			r.doc.flagPayment(FlagDuplicate, i+1)
			return
		}
		seen[p] = true
	}
}

// validDate reports whether s is an XML date or dateTime, with a zone or without.
func validDate(s string) bool {
	for _, layout := range []string{time.DateOnly, time.DateOnly + "Z07:00", "2006-01-02T15:04:05", time.RFC3339} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// join joins the parts that are not empty.
func join(separator string, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p != "" {
			if b.Len() > 0 {
				b.WriteString(separator)
			}
			b.WriteString(p)
		}
	}
	return b.String()
}
