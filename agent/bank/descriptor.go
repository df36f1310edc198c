// Package bank talks to a bank as its descriptor says: the one JSON file that
// holds all the program knows of a bank. Nothing of any bank is compiled in.
//
// A descriptor in the administrator's folder is trusted; one in the person's
// own folder is a proposal: its sites are asked about like unknown ones.
//
// A Client asks for certificates over EST, or over CMP where the bank has no EST or TLS
// cannot carry the primary key, and is the same for the agent either way. A certificate is
// renewed by whoever has its key: the User ID is said where it is known, and not needed, so
// that a token is enough, at any computer. Whether a bank issued a certificate is judged by
// the certificates of its CA, without asking it about that one.
package bank

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"qoltanba/agent"
)

// Descriptor describes one bank.
type Descriptor struct {
	Names   map[string]string `json:"names"`   // by language: kk, ru, en
	Origins []string          `json:"origins"` // serialized web origins of its pages
	Drivers []Driver          `json:"drivers"` // the first is that of the bank's own kind of token
	Support Support           `json:"support"`

	// Installer is an https link to this program's installer, "" for none. The bank's
	// pages offer it to those who do not have the program yet; the program itself has
	// no use for it. In demo builds it may be on this computer, by http.
	Installer string `json:"installer,omitempty"`

	// Enrollment is nil for a bank that issues no certificates over the network.
	Enrollment *Enrollment `json:"enrollment,omitempty"`

	// MobiPass is nil for a bank that has none.
	MobiPass *MobiPass `json:"mobipass,omitempty"`

	Trusted bool `json:"-"` // set by Load: from the administrator
}

// Driver tells what reaches one kind of token. Modules has file names for every
// system: those that are installed are found.
type Driver struct {
	Name     string   `json:"name"`     // what people call the token: "KAZTOKEN"
	Modules  []string `json:"modules"`  // candidates for the PKCS#11 module: file names, no paths
	Download string   `json:"download"` // https link to the driver, "" for none
	USB      []string `json:"usb"`      // ids of its devices in hex: a vendor, "0a89", or with a product, "0a89:0030"
}

// Support tells whom to ask.
type Support struct {
	Phones   []string          `json:"phones"`
	Texts    map[string]string `json:"texts"`              // by language: its hours and other ways to it
	Managers map[string]string `json:"managers,omitempty"` // by language: how a client's account manager is reached
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
	if _, err := dec.Token(); err != io.EOF {
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
	if err := d.checkTexts(); err != nil {
		return nil, fmt.Errorf("bank descriptor: %w: %w", err, agent.ErrInvalid)
	}
	for _, driver := range d.Drivers {
		if err := driver.check(); err != nil {
			return nil, fmt.Errorf("bank descriptor, driver %q: %w: %w", driver.Name, err, agent.ErrInvalid)
		}
	}
	if d.Installer != "" && !isLink(d.Installer) && !isLocalLink(d.Installer) {
		return nil, fmt.Errorf("bank descriptor: installer %q is no https link: %w", d.Installer, agent.ErrInvalid)
	}
	if d.Enrollment != nil {
		if err := d.Enrollment.check(); err != nil {
			return nil, fmt.Errorf("bank descriptor, enrollment: %w", err)
		}
	}
	if d.MobiPass != nil {
		if err := d.MobiPass.check(); err != nil {
			return nil, fmt.Errorf("bank descriptor, mobipass: %w", err)
		}
	}
	return &d, nil
}

// Limits of what is shown: a window with a text of a megabyte would hang. In letters.
const (
	maxName   = 200 // also of a telephone number
	maxSaid   = 2000
	maxPhones = 20
)

func (d Descriptor) checkTexts() error {
	names := slices.Collect(maps.Values(d.Names))
	for _, driver := range d.Drivers {
		names = append(names, driver.Name)
	}
	long := func(most int) func(string) bool {
		return func(s string) bool { return utf8.RuneCountInString(s) > most }
	}
	said := slices.AppendSeq(slices.Collect(maps.Values(d.Support.Texts)), maps.Values(d.Support.Managers))
	switch {
	case slices.ContainsFunc(append(names, d.Support.Phones...), long(maxName)):
		return errors.New("a name or a telephone number is too long")
	case slices.ContainsFunc(said, long(maxSaid)):
		return errors.New("a text of the support is too long")
	case len(d.Support.Phones) > maxPhones:
		return errors.New("too many telephone numbers")
	}
	return nil
}

var usbID = regexp.MustCompile(`^[0-9a-f]{4}(:[0-9a-f]{4})?$`)

func (d Driver) check() error {
	if d.Name == "" {
		return errors.New("no name")
	}
	for _, m := range d.Modules {
		if m == "" || m == "." || m == ".." || strings.ContainsAny(m, `/\:`) {
			return fmt.Errorf("module %q is no file name", m)
		}
	}
	if d.Download != "" && !isLink(d.Download) {
		return fmt.Errorf("download %q is no https link", d.Download)
	}
	for _, id := range d.USB {
		if !usbID.MatchString(id) {
			return fmt.Errorf("%q is no USB id", id)
		}
	}
	return nil
}

// maxLink is the length of the longest link, in bytes.
const maxLink = 2048

// isLink reports whether text is an https link. A person follows it and runs what comes,
// so nothing before the host may look like one.
func isLink(text string) bool {
	u := parseLink(text)
	return u != nil && u.Scheme == "https"
}

// isLocalLink reports whether text is a link to this computer, in a demo build.
func isLocalLink(text string) bool {
	u := parseLink(text)
	return demoBuild && u != nil && u.Scheme == "http" && u.Hostname() == "localhost"
}

func parseLink(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxLink || u.Hostname() == "" || u.User != nil {
		return nil
	}
	return u
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
		data, err := readFile(p)
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

// readFile reads a descriptor's file. What is none would be waited for, or have no end.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxDescriptor {
		return nil, fmt.Errorf("no file, or one of more than %d bytes: %w", maxDescriptor, agent.ErrInvalid)
	}
	return os.ReadFile(path)
}
