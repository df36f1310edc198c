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
	"qoltanba/cmd/refbank/server"
)

type descriptorCommand struct {
	Origin []string `default:"https://ib.refbank.test" placeholder:"URL" help:"Web origin of the site; may be given again."`
	EST    string   `name:"est" placeholder:"URL" help:"Address of enrollment, as serve prints it. Default: the bank issues nothing over the network."`
	descriptorFlags
}

// descriptorFlags say what stands in a descriptor, printed or handed out by the site.
type descriptorFlags struct {
	Module    []string `default:"libsofthsm2.so" placeholder:"FILE" help:"File name of a PKCS#11 module that agents look for; may be given again."`
	USB       []string `placeholder:"ID" help:"USB id of the token's device in hex, such as 0a89 or 0a89:0030; may be given again."`
	Installer string   `placeholder:"URL|FILE" help:"Installer of the agent, which the page offers to those who have none: its https address, or a file that the site itself has."`
}

// installerFile is the file that the site itself has, "" for none.
func (d descriptorFlags) installerFile() string {
	if strings.Contains(d.Installer, "://") {
		return ""
	}
	return d.Installer
}

// Run prints the descriptor as JSON.
func (c descriptorCommand) Run(ctx context.Context, f folder) error {
	var enrollment *bank.Enrollment
	if c.EST != "" {
		b, err := f.open(ctx)
		if err != nil {
			return err
		}
		defer b.store.Close()
		enrollment = b.enrollment(c.EST)
	}
	text, err := c.descriptor(c.Origin, enrollment)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// descriptor returns the descriptor of a bank with those sites, of which the first one has
// the installer where that is a file. enrollment is nil for a bank that issues nothing over
// the network.
func (d descriptorFlags) descriptor(origins []string, enrollment *bank.Enrollment) ([]byte, error) {
	installer := d.Installer
	if file := d.installerFile(); file != "" {
		installer = server.InstallerAddress(origins[0], file)
	}
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	err := out.Encode(bank.Descriptor{
		Names:   map[string]string{"kk": "Эталондық банк", "ru": "Эталонный банк", "en": "Reference Bank"},
		Origins: origins,
		Drivers: []bank.Driver{{
			Name:     "KAZTOKEN",
			Modules:  d.Module,
			Download: "https://kaztoken.kz/downloads/",
			USB:      d.USB,
		}},
		Support: bank.Support{
			Phones: []string{"+7 727 000 00 00"},
			Texts: map[string]string{
				"kk": "Қолдау қызметі, дүйсенбі–жұма, 9:00–18:00",
				"ru": "Служба поддержки, понедельник–пятница, 9:00–18:00",
				"en": "Support, Monday to Friday, 9:00 to 18:00",
			},
			Managers: map[string]string{
				"kk": "шот ашылған бөлімше, +7 727 000 00 01",
				"ru": "отделение, где открыт счёт, +7 727 000 00 01",
				"en": "the branch that opened the account, +7 727 000 00 01",
			},
		},
		Installer:  installer,
		Enrollment: enrollment,
	})
	if err != nil {
		return nil, err
	}
	_, err = bank.Parse(text.Bytes()) // agents would not take it either
	return text.Bytes(), err
}

// enrollment tells where certificates are had from, and what primary initialization keys
// are known by: their CAs issue nothing else, and they have a policy of their own.
func (b refbank) enrollment(address string) *bank.Enrollment {
	base := strings.TrimSuffix(address, "/")
	return &bank.Enrollment{
		EST:          base + "/.well-known/est",
		CMP:          base + cmp.Path,
		Registration: base + "/registration",
		CA:           certificatePEM(b.ca.Root()) + certificatePEM(b.ca.GOSTRoot()),
		Initialization: &bank.Initialization{
			Issuers:  []string{certificatePEM(b.primary.Certificate()), certificatePEM(b.primary.GOSTCertificate())},
			Policies: []string{ca.PrimaryPolicy},
		},
	}
}

func certificatePEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}
