// Package bank reads a bank's descriptor: the one JSON file that holds all the
// program knows of a bank. Nothing of any bank is compiled in.
//
// A descriptor in the administrator's folder is trusted; one in the person's
// own folder is a proposal: its sites are asked about like unknown ones.
package bank

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"qoltanba/agent"
)

// Descriptor describes one bank.
type Descriptor struct {
	Names   map[string]string `json:"names"`   // by language: kk, ru, en
	Origins []string          `json:"origins"` // serialized web origins of its pages
	Driver  Driver            `json:"driver"`
	Support Support           `json:"support"`
	Trusted bool              `json:"-"` // set by Load: from the administrator
}

// Driver tells what reaches the bank's tokens.
type Driver struct {
	Name     string   `json:"name"`     // what people call the token: "KAZTOKEN"
	Modules  []string `json:"modules"`  // candidates for the PKCS#11 module: file names, no paths
	Download string   `json:"download"` // where the driver is had from
}

// Support tells whom to ask. It is for help texts; no window shows it yet.
type Support struct {
	Phones []string          `json:"phones"`
	Texts  map[string]string `json:"texts"` // by language
}

// maxDescriptor is the largest file that is read, in bytes.
const maxDescriptor = 1 << 20

// Parse reads a descriptor and checks it. Unknown fields are an error, as a
// misspelled one would else be silently left out.
func Parse(data []byte) (*Descriptor, error) {
	if len(data) > maxDescriptor {
		return nil, fmt.Errorf("bank descriptor: %w", agent.ErrTooLarge)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var d Descriptor
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("bank descriptor: %w: %w", agent.ErrInvalid, err)
	}
	if dec.More() {
		return nil, fmt.Errorf("bank descriptor: more than one value: %w", agent.ErrInvalid)
	}
	if len(d.Names) == 0 || len(d.Origins) == 0 {
		return nil, fmt.Errorf("bank descriptor without names or origins: %w", agent.ErrInvalid)
	}
	for _, o := range d.Origins {
		if _, err := agent.ParseOrigin(o); err != nil {
			return nil, fmt.Errorf("bank descriptor, origin %q: %w", o, err)
		}
	}
	for _, m := range d.Driver.Modules {
		if m == "" || m == "." || m == ".." || strings.ContainsAny(m, `/\:`) {
			return nil, fmt.Errorf("bank descriptor, module %q is no file name: %w", m, agent.ErrInvalid)
		}
	}
	return &d, nil
}

// Load reads every descriptor (*.json) of a folder. One that cannot be read is
// left out and its error joined to the others'; the rest is returned all the
// same. A folder that is not there holds none.
func Load(dir string, trusted bool) ([]*Descriptor, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []*Descriptor
	var errs []error
	for _, p := range paths {
		data, err := os.ReadFile(p)
		var d *Descriptor
		if err == nil {
			d, err = Parse(data)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", filepath.Base(p), err))
			continue
		}
		d.Trusted = trusted
		all = append(all, d)
	}
	return all, errors.Join(errs...)
}
