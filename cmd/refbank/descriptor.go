package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"strings"

	"qoltanba/agent/bank"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/cmp"
)

type descriptorCommand struct {
	Origin []string `default:"https://ib.refbank.test" placeholder:"URL" help:"Web origin of the site; may be given again."`
	Module []string `default:"libsofthsm2.so" placeholder:"FILE" help:"File name of a PKCS#11 module to look for; may be given again."`
	USB    []string `placeholder:"ID" help:"USB id of the token's device in hex, such as 0a89 or 0a89:0030; may be given again."`
	EST    string   `name:"est" placeholder:"URL" help:"Address of enrollment, as serve prints it. Default: the bank issues nothing over the network."`
}

// Run prints the descriptor as JSON.
func (c descriptorCommand) Run(ctx context.Context, f folder) error {
	enrollment, err := c.enrollment(ctx, f)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	err = out.Encode(bank.Descriptor{
		Names:   map[string]string{"kk": "Эталондық банк", "ru": "Эталонный банк", "en": "Reference Bank"},
		Origins: c.Origin,
		Drivers: []bank.Driver{{
			Name:     "KAZTOKEN",
			Modules:  c.Module,
			Download: "https://kaztoken.kz/downloads/",
			USB:      c.USB,
		}},
		Support: bank.Support{
			Phones: []string{"+7 727 000 00 00"},
			Texts: map[string]string{
				"kk": "Қолдау қызметі, дүйсенбі–жұма, 9:00–18:00",
				"ru": "Служба поддержки, понедельник–пятница, 9:00–18:00",
				"en": "Support, Monday to Friday, 9:00 to 18:00",
			},
		},
		Enrollment: enrollment,
	})
	if err != nil {
		return err
	}
	if _, err := bank.Parse(text.Bytes()); err != nil { // agents would not take it either
		return err
	}
	_, err = text.WriteTo(os.Stdout)
	return err
}

// enrollment tells where certificates are had from, nil for nowhere, and what primary
// initialization keys are known by: their CAs issue nothing else, and they have
// a policy of their own.
func (c descriptorCommand) enrollment(ctx context.Context, f folder) (*bank.Enrollment, error) {
	if c.EST == "" {
		return nil, nil
	}
	b, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(c.EST, "/")
	e := &bank.Enrollment{
		EST:          base + "/.well-known/est",
		CMP:          base + cmp.Path,
		Registration: base + "/registration",
		CA:           certificatePEM(b.ca.Root()) + certificatePEM(b.ca.GOSTRoot()),
		Initialization: &bank.Initialization{
			Issuers:  []string{certificatePEM(b.primary.Certificate()), certificatePEM(b.primary.GOSTCertificate())},
			Policies: []string{ca.PrimaryPolicy},
		},
	}
	return e, b.store.Close()
}

func certificatePEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}
