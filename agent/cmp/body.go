package cmp

import (
	"crypto/x509"
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Body is what a message says: *Request, *Response, *Confirm, Confirmed,
// *PollRequest, *PollResponse, *General or *Error.
type Body interface {
	tag() int // of the choice in PKIBody
	write(*cryptobyte.Builder)
}

// A Kind is the kind of a request or of its answer: RFC 4210, section 5.3.
type Kind int

// The kinds. Each number is the tag of the request; its answer's is one more.
const (
	Initial   Kind = 0 // ir: of somebody whom the CA has certified nothing for
	Further   Kind = 2 // cr: of somebody who has a certificate
	KeyUpdate Kind = 7 // kur: in the place of the certificate that signs
)

// Tags of the other bodies.
const (
	tagConfirmed    = 19
	tagGeneral      = 21
	tagGeneralReply = 22
	tagError        = 23
	tagConfirm      = 24
	tagPollRequest  = 25
	tagPollResponse = 26
)

// readBody reads the element of a PKIBody.
func readBody(tag asn1.Tag, der cryptobyte.String) (Body, error) {
	var in cryptobyte.String
	number := int(tag & 0x1f)
	if tag != context(number) || !der.ReadASN1(&in, tag) {
		return nil, fmt.Errorf("body: %w", ErrFormat)
	}
	read := map[int]func(*cryptobyte.String) (Body, bool, error){
		tagConfirmed:    readConfirmed,
		tagGeneral:      readGeneral(false),
		tagGeneralReply: readGeneral(true),
		tagError:        readError,
		tagConfirm:      readConfirm,
		tagPollRequest:  readPollRequest,
		tagPollResponse: readPollResponse,
	}
	for _, k := range []Kind{Initial, Further, KeyUpdate} {
		read[int(k)], read[int(k)+1] = readRequest(k), readResponse(k)
	}
	if read[number] == nil {
		return nil, fmt.Errorf("body of kind %d: %w", number, ErrUnsupported)
	}
	body, ok, err := read[number](&in)
	if err != nil {
		return nil, err
	}
	if !ok || !in.Empty() {
		return nil, fmt.Errorf("body of kind %d: %w", number, ErrFormat)
	}
	return body, nil
}

// A Response is the answer to a Request: ip, cp or kup.
type Response struct {
	Kind        Kind // of the request
	ID          int
	Status      Status
	Certificate *x509.Certificate   // nil unless granted
	CACerts     []*x509.Certificate // trusted by whoever trusts the protection
}

func (r *Response) tag() int { return int(r.Kind) + 1 }

func (r *Response) write(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if len(r.CACerts) > 0 {
			b.AddASN1(context(1), func(b *cryptobyte.Builder) { writeCertificates(b, r.CACerts) })
		}
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(int64(r.ID))
				r.Status.write(b)
				if r.Certificate != nil {
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddBytes(r.Certificate.Raw) })
					})
				}
			})
		})
	})
}

func readResponse(k Kind) func(*cryptobyte.String) (Body, bool, error) {
	return func(in *cryptobyte.String) (Body, bool, error) {
		r := &Response{Kind: k}
		var content, trusted, responses, one, pair cryptobyte.String
		var there, certified bool
		if !in.ReadASN1(&content, asn1.SEQUENCE) || !content.ReadOptionalASN1(&trusted, &there, context(1)) {
			return nil, false, nil
		}
		var err error
		if there {
			if r.CACerts, err = readCertificates(&trusted); err != nil {
				return nil, false, err
			}
		}
		if !content.ReadASN1(&responses, asn1.SEQUENCE) || !content.Empty() || !responses.ReadASN1(&one, asn1.SEQUENCE) {
			return nil, false, nil
		}
		if !responses.Empty() {
			return nil, false, fmt.Errorf("more than one response: %w", ErrUnsupported)
		}
		if !one.ReadASN1Integer(&r.ID) || !r.Status.read(&one) || !one.ReadOptionalASN1(&pair, &certified, asn1.SEQUENCE) ||
			!one.SkipOptionalASN1(asn1.OCTET_STRING) || !one.Empty() {
			return nil, false, nil
		}
		if certified != r.Status.Granted() {
			return nil, false, fmt.Errorf("a certificate and the status %d: %w", r.Status.Code, ErrFormat)
		}
		if certified {
			var plain cryptobyte.String
			if !pair.ReadASN1(&plain, context(0)) || !pair.Empty() {
				return nil, false, fmt.Errorf("an encrypted certificate or a private key: %w", ErrUnsupported)
			}
			if r.Certificate, err = readCertificate(&plain); err != nil {
				return nil, false, err
			}
			return r, plain.Empty(), nil
		}
		return r, true, nil
	}
}

// A Confirm says what became of a certificate: certConf. See ConfirmCertificate.
type Confirm struct {
	ID        int
	Hash      []byte
	Algorithm []byte // AlgorithmIdentifier of Hash; nil: that of the certificate's signature
	Status    Status // Accepted or Rejection
}

func (*Confirm) tag() int { return tagConfirm }

func (c *Confirm) write(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1OctetString(c.Hash)
			b.AddASN1Int64(int64(c.ID))
			if c.Status.Code != Accepted {
				c.Status.write(b)
			}
			if c.Algorithm != nil {
				b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddBytes(c.Algorithm) })
			}
		})
	})
}

func readConfirm(in *cryptobyte.String) (Body, bool, error) {
	c := &Confirm{}
	var list, one, algorithm cryptobyte.String
	var there bool
	if !in.ReadASN1(&list, asn1.SEQUENCE) {
		return nil, false, nil
	}
	if list.Empty() { // all are refused: RFC 4210, section 5.3.18
		c.Status.Code = Rejection
		return c, true, nil
	}
	if !list.ReadASN1(&one, asn1.SEQUENCE) || !list.Empty() ||
		!one.ReadASN1Bytes(&c.Hash, asn1.OCTET_STRING) || len(c.Hash) > maxID || !one.ReadASN1Integer(&c.ID) ||
		one.PeekASN1Tag(asn1.SEQUENCE) && !c.Status.read(&one) ||
		!one.ReadOptionalASN1(&algorithm, &there, context(0)) || !one.Empty() {
		return nil, false, nil
	}
	if there {
		var id cryptobyte.String
		if !algorithm.ReadASN1Element(&id, asn1.SEQUENCE) || !algorithm.Empty() {
			return nil, false, nil
		}
		c.Algorithm = id
	}
	return c, true, nil
}

// Confirmed ends a transaction: pkiConf.
type Confirmed struct{}

func (Confirmed) tag() int { return tagConfirmed }

func (Confirmed) write(b *cryptobyte.Builder) { b.AddASN1NULL() }

func readConfirmed(in *cryptobyte.String) (Body, bool, error) {
	var null cryptobyte.String
	return Confirmed{}, in.ReadASN1(&null, asn1.NULL) && null.Empty(), nil
}

// A PollRequest asks for the answer to a request that is waiting: pollReq.
type PollRequest struct{ ID int }

func (*PollRequest) tag() int { return tagPollRequest }

func (p *PollRequest) write(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(p.ID)) })
	})
}

func readPollRequest(in *cryptobyte.String) (Body, bool, error) {
	p := &PollRequest{}
	var list, one cryptobyte.String
	ok := in.ReadASN1(&list, asn1.SEQUENCE) && list.ReadASN1(&one, asn1.SEQUENCE) && list.Empty() &&
		one.ReadASN1Integer(&p.ID) && one.Empty()
	return p, ok, nil
}

// A PollResponse says that the answer is not there yet: pollRep.
type PollResponse struct {
	ID    int
	After time.Duration // whole seconds; not to be asked again before
	Text  string        // for people; may be empty
}

func (*PollResponse) tag() int { return tagPollResponse }

func (p *PollResponse) write(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(p.ID))
			b.AddASN1Int64(int64(p.After / time.Second))
			if p.Text != "" {
				writeTexts(b, p.Text)
			}
		})
	})
}

func readPollResponse(in *cryptobyte.String) (Body, bool, error) {
	p := &PollResponse{}
	var list, one cryptobyte.String
	var seconds int64
	ok := in.ReadASN1(&list, asn1.SEQUENCE) && list.ReadASN1(&one, asn1.SEQUENCE) && list.Empty() &&
		one.ReadASN1Integer(&p.ID) && one.ReadASN1Integer(&seconds) && seconds >= 0 && seconds <= math.MaxInt32
	if !ok {
		return nil, false, nil
	}
	p.After = time.Duration(seconds) * time.Second
	p.Text, ok = readOptionalTexts(&one)
	return p, ok && one.Empty(), nil
}

// A General asks for something, or answers: genm, genp.
type General struct {
	Reply      bool
	Attributes []Attribute
}

// InfoCACerts is the attribute with the certificates of a CA: SEQUENCE OF
// certificates (RFC 9480, section 2.14).
const InfoCACerts = "1.3.6.1.5.5.7.4.17"

func (g *General) tag() int {
	if g.Reply {
		return tagGeneralReply
	}
	return tagGeneral
}

func (g *General) write(b *cryptobyte.Builder) { writeAttributes(b, g.Attributes) }

func readGeneral(reply bool) func(*cryptobyte.String) (Body, bool, error) {
	return func(in *cryptobyte.String) (Body, bool, error) {
		all, ok := readAttributes(in, true)
		return &General{reply, all}, ok, nil
	}
}

// Attribute returns the attribute of that kind, and whether it is there.
func (g *General) Attribute(kind string) (Attribute, bool) { return find(g.Attributes, kind) }

func find(all []Attribute, kind string) (Attribute, bool) {
	if i := slices.IndexFunc(all, func(a Attribute) bool { return a.Type == kind }); i >= 0 {
		return all[i], true
	}
	return Attribute{}, false
}

// MarshalCertificates returns the value of InfoCACerts.
func MarshalCertificates(all []*x509.Certificate) ([]byte, error) {
	return build(func(b *cryptobyte.Builder) { writeCertificates(b, all) })
}

// ParseCertificates reads it.
func ParseCertificates(value []byte) ([]*x509.Certificate, error) {
	in := cryptobyte.String(value)
	return readCertificates(&in)
}
