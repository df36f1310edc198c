package vcard

import (
	"bytes"
	"encoding/binary"
	"slices"
)

const mfID = 0x3F00

// file is an EF with bytes or a DF with files.
type file struct {
	id      uint16
	dir     bool
	name    []byte // of a DF, "" for none
	control []byte // what CREATE FILE said of it, and SELECT says again
	rules   []byte // one security condition for each operation, nil allows all
	data    []byte
	parent  *file
	files   []*file
}

// Operations, as places in file.rules (ISO 7816-4 tables 16 and 17).
const (
	deleteSelf = 1
	createDF   = 5 // in a DF
	createEF   = 6
	deleteFile = 7
	update     = 6 // of an EF
	read       = 7
)

// allows tells whether the PIN has been entered, if the operation needs it.
func (c *Card) allows(f *file, operation int) bool {
	if !c.personalised() || len(f.rules) == 0 {
		return true
	}
	switch f.rules[operation] {
	case 0x00:
		return true
	case 0x90: // the PIN
		return c.verified
	}
	return false // 0xFF never
}

func (f *file) child(id uint16) *file {
	for _, g := range f.files {
		if g.id == id {
			return g
		}
	}
	return nil
}

// clone copies what can change; the rest is never written to.
func (f *file) clone(parent *file) *file {
	g := *f
	g.data, g.parent, g.files = bytes.Clone(f.data), parent, nil
	for _, child := range f.files {
		g.files = append(g.files, child.clone(&g))
	}
	return &g
}

// selectFile is SELECT, ISO 7816-4 section 7.1.1.
func (c *Card) selectFile(cmd command) ([]byte, int) {
	if cmd.p1 == 4 && bytes.Equal(cmd.data, aid) {
		c.reset()
		return version, swOK
	}
	f := c.find(cmd.p1, cmd.data)
	if f == nil {
		return nil, swFileNotFound
	}
	c.selected, c.dir = f, f
	if !f.dir {
		c.dir = f.parent
	}
	if cmd.p2&0x0C == 0x0C {
		return nil, swOK
	}
	return object(0x6F, f.control), swOK
}

func (c *Card) find(how byte, name []byte) *file {
	if how == 4 {
		for _, f := range c.mf.files {
			if f.dir && len(name) > 0 && bytes.Equal(f.name, name) {
				return f
			}
		}
		return nil
	}
	if len(name)%2 != 0 {
		return nil
	}
	var path []uint16
	for ; len(name) > 0; name = name[2:] {
		path = append(path, binary.BigEndian.Uint16(name))
	}
	f := c.dir
	switch {
	case how == 8 || how == 0 && (len(path) == 0 || path[0] == mfID): // from the master file
		f = c.mf
		if len(path) > 0 && path[0] == mfID {
			path = path[1:]
		}
	case how == 3:
		return c.dir.parent
	case how == 0 && len(path) == 1 && path[0] == c.dir.id:
		return c.dir
	case how > 2 && how != 9:
		return nil
	}
	for _, id := range path {
		if f = f.child(id); f == nil {
			return nil
		}
	}
	return f
}

// createFile is CREATE FILE, ISO 7816-9 section 6.1. The new file is selected.
func (c *Card) createFile(cmd command) int {
	outer := objects(cmd.data)
	control, ok := outer[0x62]
	if !ok {
		if control, ok = outer[0x6F]; !ok {
			return swWrongData
		}
	}
	inner := objects(control)
	if len(inner[0x83]) != 2 || len(inner[0x82]) == 0 {
		return swWrongData
	}
	f := &file{
		id:      binary.BigEndian.Uint16(inner[0x83]),
		dir:     inner[0x82][0]&0x38 == 0x38,
		name:    bytes.Clone(inner[0x84]),
		control: bytes.Clone(control),
		rules:   bytes.Clone(inner[0x86]),
		parent:  c.dir,
	}
	if len(f.rules) != 0 && len(f.rules) != 8 {
		return swWrongData
	}
	if f.id == mfID { // it is there from the beginning; now it gets its rules
		if !f.dir || c.personalised() {
			return swFileExists
		}
		c.mf.control, c.mf.rules = f.control, f.rules
		c.selected, c.dir = c.mf, c.mf
		return swOK
	}
	operation := createEF
	if f.dir {
		operation = createDF
	}
	switch {
	case !c.allows(c.dir, operation):
		return swNotVerified
	case c.dir.child(f.id) != nil:
		return swFileExists
	}
	if !f.dir {
		size := slices.Concat(inner[0x80], inner[0x81])
		if len(size) < 2 {
			return swWrongData
		}
		f.data = make([]byte, binary.BigEndian.Uint16(size))
	}
	c.dir.files = append(c.dir.files, f)
	if c.selected = f; f.dir {
		c.dir = f
	}
	return swOK
}

// deleteFile is DELETE FILE, ISO 7816-9 section 6.2.
func (c *Card) deleteFile(cmd command) int {
	f := c.selected
	if len(cmd.data) > 0 {
		f = c.find(0, cmd.data)
	}
	switch {
	case f == nil:
		return swFileNotFound
	case f.parent == nil:
		return swNotAllowed
	case !c.allows(f, deleteSelf) && !c.allows(f.parent, deleteFile):
		return swNotVerified
	}
	f.parent.files = slices.DeleteFunc(f.parent.files, func(g *file) bool { return g == f })
	c.selected, c.dir = f.parent, f.parent
	return swOK
}

// readBinary is READ BINARY, ISO 7816-4 section 7.2.3.
func (c *Card) readBinary(cmd command) ([]byte, int) {
	f, offset := c.selected, int(cmd.p1)<<8|int(cmd.p2)
	switch {
	case f.dir:
		return nil, swNotAllowed
	case !c.allows(f, read):
		return nil, swNotVerified
	case offset > len(f.data):
		return nil, swWrongOffset
	}
	return f.data[offset:min(offset+cmd.le, len(f.data))], swOK
}

// updateBinary is UPDATE BINARY, ISO 7816-4 section 7.2.5.
func (c *Card) updateBinary(cmd command) int {
	f, offset := c.selected, int(cmd.p1)<<8|int(cmd.p2)
	switch {
	case f.dir:
		return swNotAllowed
	case !c.allows(f, update):
		return swNotVerified
	case offset+len(cmd.data) > len(f.data):
		return swNoRoom
	}
	copy(f.data[offset:], cmd.data)
	return swOK
}
