package main

import (
	"encoding/json"
	"os"

	"qoltanba/agent/bank"
)

type descriptorCommand struct {
	Origin []string `default:"https://ib.refbank.test" placeholder:"URL" help:"Web origin of the site; may be given again."`
	Module []string `default:"libsofthsm2.so" placeholder:"FILE" help:"File name of a PKCS#11 module to look for; may be given again."`
	USB    []string `placeholder:"ID" help:"USB id of the token's device in hex, such as 0a89 or 0a89:0030; may be given again."`
}

// Run prints the descriptor as JSON.
func (c descriptorCommand) Run() error {
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(bank.Descriptor{
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
	})
}
