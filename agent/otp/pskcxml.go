package otp

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxPSKC is the greatest size of a PSKC file that is read.
const maxPSKC = 4 << 20

// The namespaces of PSKC, with the prefixes that the tags below are written with.
// A file may have other prefixes: names brings them to these.
var prefixes = map[string]string{
	"urn:ietf:params:xml:ns:keyprov:pskc":                         "pskc",
	"http://www.w3.org/2001/04/xmlenc#":                           "xenc",
	"http://www.w3.org/2009/xmlenc11#":                            "xenc11",
	"http://www.w3.org/2000/09/xmldsig#":                          "ds",
	"http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#": "pkcs5",
}

// The elements that are read and written, in the schema's order (RFC 6030 section 11).
type (
	xmlContainer struct {
		XMLName    xml.Name      `xml:"pskc:KeyContainer"`
		Namespaces []xml.Attr    `xml:",any,attr"`
		Version    string        `xml:"Version,attr"`
		Key        *xmlEncKey    `xml:"pskc:EncryptionKey"`
		MAC        *xmlMACMethod `xml:"pskc:MACMethod"`
		Packages   []xmlPackage  `xml:"pskc:KeyPackage"`
	}
	xmlEncKey struct {
		Name    string      `xml:"ds:KeyName,omitempty"`
		Derived *xmlDerived `xml:"xenc11:DerivedKey"`
	}
	xmlDerived struct {
		Method xmlKDF `xml:"xenc11:KeyDerivationMethod"`
		Name   string `xml:"xenc11:MasterKeyName,omitempty"`
	}
	xmlKDF struct {
		Algorithm  string     `xml:"Algorithm,attr"`
		Salt       string     `xml:"pkcs5:PBKDF2-params>Salt>Specified"`
		Iterations int        `xml:"pkcs5:PBKDF2-params>IterationCount"`
		Length     int        `xml:"pkcs5:PBKDF2-params>KeyLength"`
		PRF        *xmlMethod `xml:"pkcs5:PBKDF2-params>PRF"`
	}
	xmlMACMethod struct {
		Algorithm string   `xml:"Algorithm,attr"`
		Key       *xmlData `xml:"pskc:MACKey"`
	}
	xmlMethod struct {
		Algorithm string `xml:"Algorithm,attr,omitempty"`
	}
	xmlData struct {
		Method xmlMethod `xml:"xenc:EncryptionMethod"`
		Value  string    `xml:"xenc:CipherData>xenc:CipherValue"`
	}
	xmlPackage struct {
		Device *xmlDevice `xml:"pskc:DeviceInfo"`
		Key    *xmlKey    `xml:"pskc:Key"`
	}
	xmlDevice struct {
		Manufacturer string `xml:"pskc:Manufacturer,omitempty"`
		Serial       string `xml:"pskc:SerialNo,omitempty"`
	}
	xmlKey struct {
		ID        string     `xml:"Id,attr"`
		Algorithm string     `xml:"Algorithm,attr"`
		Issuer    string     `xml:"pskc:Issuer,omitempty"`
		Suite     string     `xml:"pskc:AlgorithmParameters>pskc:Suite,omitempty"`
		Response  *xmlFormat `xml:"pskc:AlgorithmParameters>pskc:ResponseFormat"`
		Name      string     `xml:"pskc:FriendlyName,omitempty"`
		Secret    *xmlSecret `xml:"pskc:Data>pskc:Secret"`
		Counter   *xmlNumber `xml:"pskc:Data>pskc:Counter"`
		Time      *xmlNumber `xml:"pskc:Data>pskc:Time"`
		Interval  *xmlNumber `xml:"pskc:Data>pskc:TimeInterval"`
		Drift     *xmlNumber `xml:"pskc:Data>pskc:TimeDrift"`
		User      string     `xml:"pskc:UserId,omitempty"`
		Policy    *xmlPolicy `xml:"pskc:Policy"`
	}
	xmlFormat struct {
		Length      uint32 `xml:"Length,attr"`
		Encoding    string `xml:"Encoding,attr"`
		CheckDigits bool   `xml:"CheckDigits,attr,omitempty"`
	}
	xmlSecret struct {
		Plain     *string  `xml:"pskc:PlainValue"`
		Encrypted *xmlData `xml:"pskc:EncryptedValue"`
		MAC       string   `xml:"pskc:ValueMAC,omitempty"`
	}
	xmlNumber struct {
		Plain     string   `xml:"pskc:PlainValue"`
		Encrypted *xmlData `xml:"pskc:EncryptedValue"`
	}
	xmlPolicy struct {
		Start  string     `xml:"pskc:StartDate,omitempty"`
		Expiry string     `xml:"pskc:ExpiryDate,omitempty"`
		PIN    *PINPolicy `xml:"pskc:PINPolicy"`
		Usage  []string   `xml:"pskc:KeyUsage"`
		Others []struct {
			XMLName xml.Name
		} `xml:",any"`
	}
)

func newContainer() *xmlContainer {
	c := &xmlContainer{Version: "1.0"}
	for _, prefix := range []string{"pskc", "xenc", "xenc11", "ds", "pkcs5"} {
		for space, p := range prefixes {
			if p == prefix {
				c.Namespaces = append(c.Namespaces, xml.Attr{Name: xml.Name{Local: "xmlns:" + p}, Value: space})
			}
		}
	}
	return c
}

func (c *xmlContainer) marshal() ([]byte, error) {
	b, err := xml.MarshalIndent(c, "", "  ")
	return append([]byte(xml.Header), append(b, '\n')...), err
}

func parseContainer(file []byte) (*xmlContainer, error) {
	if len(file) > maxPSKC {
		return nil, fmt.Errorf("%d bytes, at most %d", len(file), maxPSKC)
	}
	source := &names{d: xml.NewDecoder(bytes.NewReader(file))}
	d := xml.NewTokenDecoder(source)
	c := new(xmlContainer)
	if err := d.Decode(c); err != nil {
		return nil, err
	}
	if _, err := source.rest(); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(c.Version, "1.") { // section 4.1: another major version is not read
		return nil, fmt.Errorf("version %q, want 1.0", c.Version)
	}
	if len(c.Packages) == 0 {
		return nil, errors.New("no key package")
	}
	return c, nil
}

// names is a reader of tokens in which every element has the name that it would
// have with our prefixes, and attributes with a namespace are left out. A document
// type ends it: PSKC needs none, and with it go entities and their expansion.
type names struct{ d *xml.Decoder }

func (n *names) Token() (xml.Token, error) {
	t, err := n.d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case xml.StartElement:
		kept := t.Attr[:0]
		for _, a := range t.Attr {
			if a.Name.Space == "" && a.Name.Local != "xmlns" {
				kept = append(kept, a)
			}
		}
		return xml.StartElement{Name: rename(t.Name), Attr: kept}, nil
	case xml.EndElement:
		return xml.EndElement{Name: rename(t.Name)}, nil
	case xml.Directive:
		return nil, errors.New("document type declarations are not allowed")
	}
	return t, nil
}

// rename gives an element our prefix. The parameters of PBKDF2 have no namespace in
// figure 7 of the RFC and that of PKCS #5 elsewhere; here they have none.
func rename(name xml.Name) xml.Name {
	prefix, known := prefixes[name.Space]
	switch {
	case name.Space == "", prefix == "pkcs5" && name.Local != "PBKDF2-params":
		return xml.Name{Local: name.Local}
	case !known:
		prefix = "other"
	}
	return xml.Name{Local: prefix + ":" + name.Local}
}

// rest reads to the end of the file, where only comments may follow.
func (n *names) rest() (xml.Token, error) {
	for {
		t, err := n.Token()
		switch t := t.(type) {
		case nil:
			if errors.Is(err, io.EOF) {
				return nil, nil
			}
			return nil, err
		case xml.Comment:
		case xml.CharData:
			if len(bytes.TrimSpace(t)) != 0 {
				return nil, errors.New("text after the end")
			}
		default:
			return nil, errors.New("more than one document")
		}
	}
}
