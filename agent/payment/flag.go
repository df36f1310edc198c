package payment

import (
	"slices"
	"strconv"
	"strings"
)

// Flag is something a person must know before signing: one of the constants below,
// which Kind returns, and after a colon a detail for the clerk who is asked about
// it, which Detail returns. The detail is made of element names, numbers and the
// words listed here, never of a document's text.
type Flag string

// The kinds of a flag. Where a detail is a number it is that of the first payment
// concerned, counted from 1.
const (
	// FlagUnreadable: XML that looks like a pain.001, or is not well-formed, was
	// not read. Detail: the reason, one of
	//	syntax depth size character encoding dtd instruction cdata comment entity text namespace version attribute
	// or one of these, with the element's name after a further colon
	//	unknown duplicate missing choice refused empty long value
	FlagUnreadable Flag = "unreadable"
	// FlagDTD: the document declares a document type, in which entities can
	// replace what is shown. Such a document is never read.
	FlagDTD Flag = "dtd"
	// FlagNotUTF8: the document is text in another encoding. It is not read.
	FlagNotUTF8 Flag = "not-utf8"
	// FlagForeignElements: elements that the pain.001 schema does not have where
	// they stand (then FlagUnreadable is set too), or an extension (SplmtryData)
	// that may say anything. Detail: the name.
	FlagForeignElements Flag = "foreign-elements"
	// FlagNotShown: the payments carry instructions that Payment has no place
	// for and that can change where money goes. Detail: the element's name, such
	// as InstrForCdtrAgt.
	FlagNotShown Flag = "not-shown"
	// FlagControl: invisible, control or bidirectional characters in the document
	// or, with the detail "name", in its name.
	FlagControl Flag = "control"
	// FlagTypeMismatch: the bytes are not what the page's media type says.
	// Detail: what they are.
	FlagTypeMismatch Flag = "type-mismatch"
	// FlagTruncated: Text is only the beginning of the document.
	FlagTruncated Flag = "truncated"
	// FlagTotals: a CtrlSum is not the sum of the amounts. Detail: GrpHdr or PmtInf.
	FlagTotals Flag = "totals"
	// FlagCount: an NbOfTxs is not the number of payments. Detail: GrpHdr or PmtInf.
	FlagCount Flag = "count"
	// FlagIBAN: an IBAN is malformed or its check digits are wrong (ISO 13616).
	// Detail: number.
	FlagIBAN Flag = "iban"
	// FlagBIC: a BIC is malformed (ISO 9362). Detail: number.
	FlagBIC Flag = "bic"
	// FlagConfusable: letters that look like others, in an account or BIC (any
	// letter that is not Latin) or within one word of a name (two alphabets).
	// Detail: number.
	FlagConfusable Flag = "confusable"
	// FlagDuplicate: two payments agree in everything but their reference.
	// Detail: number of the second.
	FlagDuplicate Flag = "duplicate"
)

// Kind returns the constant that the flag is an instance of.
func (f Flag) Kind() Flag {
	kind, _, _ := strings.Cut(string(f), ":")
	return Flag(kind)
}

// Detail returns what follows the kind, or "".
func (f Flag) Detail() string {
	_, detail, _ := strings.Cut(string(f), ":")
	return detail
}

// flag adds a flag once.
func (d *Document) flag(kind Flag, detail string) {
	f := kind
	if detail != "" {
		f += Flag(":" + detail)
	}
	if !slices.Contains(d.Flags, f) {
		d.Flags = append(d.Flags, f)
	}
}

// flagPayment adds a flag about payment number n unless one of its kind is there.
func (d *Document) flagPayment(kind Flag, n int) {
	if !slices.ContainsFunc(d.Flags, func(f Flag) bool { return f.Kind() == kind }) {
		d.flag(kind, strconv.Itoa(n))
	}
}
