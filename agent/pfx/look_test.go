package pfx_test

import (
	"bytes"
	"errors"
	"testing"

	"qoltanba/agent/pfx"
)

// What everybody sees of a file is part of what is in it.
func TestLook(t *testing.T) {
	for _, c := range files {
		t.Run(c.name, func(t *testing.T) {
			data := read(t, c.name)
			loose, err := pfx.Loosen(data)
			if err != nil {
				t.Fatal(err)
			}
			f, err := pfx.Read(data, []byte(c.password))
			if err != nil {
				t.Fatal(err)
			}
			for form, data := range map[string][]byte{"DER": data, "BER": loose} {
				seen, sealed, err := pfx.Look(data)
				if err != nil {
					t.Fatalf("%s: Look = %v", form, err)
				}
				plain := c.name == "ec-plain-empty.p12"
				if sealed == plain || (len(seen) > 0) != plain {
					t.Errorf("%s: Look shows %d certificates, sealed %v", form, len(seen), sealed)
				}
				if plain && !bytes.Equal(seen[0].DER, f.Certificates[0].DER) {
					t.Errorf("%s: Look shows another certificate than Read", form)
				}
			}
		})
	}
	data := read(t, "ec-aes.p12")
	for n := range data {
		if _, _, err := pfx.Look(data[:n]); !errors.Is(err, pfx.ErrDamaged) {
			t.Errorf("the first %d bytes: %v, want ErrDamaged", n, err)
		}
	}
}

func FuzzLook(f *testing.F) {
	for _, c := range files {
		f.Add(read(f, c.name))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		seen, _, err := pfx.Look(file)
		if err != nil && seen != nil {
			t.Errorf("Look = %d certificates and %v", len(seen), err)
		}
		whole, err := pfx.Read(file, nil)
		if err != nil {
			return
		}
		defer whole.Wipe()
		if _, _, err := pfx.Look(file); err != nil {
			t.Errorf("Look = %v on a file that can be read", err)
		}
		for _, c := range seen {
			found := false
			for _, w := range whole.Certificates {
				found = found || bytes.Equal(c.DER, w.DER)
			}
			if !found {
				t.Error("Look shows a certificate that Read does not have")
			}
		}
	})
}
