// Package payment reads a document that is to be signed into what a person must see.
//
// What is shown comes from the bytes that are signed and from nothing else. The
// attacker here is the page (or whoever wrote the document): they want the person
// to see another payee or amount than the bank's parser will. Hence:
//
//   - A pain.001 is read whole or not at all. Every element on the way to a payee,
//     an account or an amount must be one of the schema's (schema.go), once; what
//     is not understood makes the document an "other" one with FlagUnreadable.
//     A payment is never half shown.
//   - The XML reader (scan.go) accepts the part of XML on which all parsers agree:
//     UTF-8, one namespace, no DTD, no processing instructions, no CDATA, no
//     comments inside values. A fuzz test holds it against encoding/xml.
//   - Every string leaves cleaned: what would be invisible or turn the direction
//     of writing is written out as ⟨U+202E⟩ and flagged.
//   - Work and memory grow linearly with the document; depth and size are capped.
//
// The package keeps no state and does no I/O. Its types marshal to JSON, in which
// they cross the pipe to the window that shows them.
package payment

import (
	"crypto/sha256"
	"encoding/hex"
)

// Kind says what the window can show of a document.
type Kind string

// The kinds of a document.
const (
	KindPayment Kind = "payment" // an ISO 20022 pain.001, read completely: show Payments
	KindOther   Kind = "other"   // anything else: show type, size, digest, and offer a copy to open
)

// The types of documents that Read tells apart, beside "pain.001.001.NN".
const (
	TypePDF    = "application/pdf"
	TypeXML    = "application/xml"
	TypeJSON   = "application/json"
	TypeText   = "text/plain"
	TypeBinary = "application/octet-stream"
)

const (
	maxName = 200  // runes of Document.Name
	maxText = 4000 // runes of Document.Text
)

// Document is what a person must see of a document. Every string in it is cleaned:
// it holds no control, bidirectional or invisible character (Text keeps line feeds
// and tabs).
type Document struct {
	// Name is what the page calls the document, cut after 200 runes. It is the
	// one thing here that does not come from the signed bytes.
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Type is what the bytes look like, whatever the page says: the message of a
	// KindPayment ("pain.001.001.09"), else one of the Type constants.
	Type   string `json:"type"`
	Size   int    `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // hex, of the bytes as they will be signed
	// Payments are all credit transfers of a KindPayment, in their order.
	Payments []Payment `json:"payments,omitempty"`
	// Text is the beginning of a TypeText document, at most 4,000 runes;
	// FlagTruncated says that there is more.
	Text  string `json:"text,omitempty"`
	Flags []Flag `json:"flags,omitempty"` // what a person must know, each once
}

// Payment is one credit transfer (CdtTrfTxInf) of a pain.001.
type Payment struct {
	Payee        string `json:"payee"`             // Cdtr/Nm
	Account      string `json:"account"`           // CdtrAcct: IBAN or other number, as written
	Bank         string `json:"bank,omitempty"`    // CdtrAgt: name, BIC, member id; those there are, joined by ", "
	Amount       string `json:"amount"`            // InstdAmt: digits, and "." with up to five more; no sign, no leading zeros
	Currency     string `json:"currency"`          // InstdAmt/@Ccy: three capital letters
	Purpose      string `json:"purpose,omitempty"` // "CODE: text": Purp (in Kazakhstan the KNP), then all lines of RmtInf
	Payer        string `json:"payer,omitempty"`   // Dbtr/Nm
	PayerAccount string `json:"payerAccount"`      // DbtrAcct
	Reference    string `json:"reference"`         // PmtId/EndToEndId
	Date         string `json:"date"`              // ReqdExctnDt, as written: a date or a date and time
}

// Read reads a document. name and mediaType are what the page says of it: name is
// shown, mediaType is only compared with what the bytes are. Read never fails:
// what it cannot read is KindOther, and Flags say so.
func Read(name, mediaType string, data []byte) Document {
	sum := sha256.Sum256(data)
	d := Document{Kind: KindOther, Size: len(data), SHA256: hex.EncodeToString(sum[:])}
	name, marked := mark(name, false)
	d.Name, _ = shorten(name, maxName)

	d.read(mediaType, data)
	if marked {
		d.flag(FlagControl, "name")
	}
	if mismatch(mediaType, d.Type) {
		d.flag(FlagTypeMismatch, d.Type)
	}
	return d
}
