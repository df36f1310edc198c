package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"qoltanba/agent/payment"
)

// copies are the documents that a person opened in another program while the
// consent window was on. They lie in a private folder and go with the window.
type copies struct {
	a     *Agent
	docs  []Document
	shown []payment.Document
	dir   string // made at the first copy
}

// open writes document i and shows it. The file's name is ours: the page's
// may hold anything.
func (c *copies) open(i int) error {
	if i < 0 || i >= len(c.docs) {
		return fmt.Errorf("copy of document %d: %w", i, ErrInvalid)
	}
	if c.dir == "" {
		dir, err := os.MkdirTemp(c.a.config.TempDir, "qoltanba-copy-") // mode 0700
		if err != nil {
			return fmt.Errorf("copy of a document: %w", err)
		}
		c.dir = dir
	}
	path := filepath.Join(c.dir, fmt.Sprintf("document-%d%s", i+1, extension(c.shown[i].Type)))
	if err := os.WriteFile(path, c.docs[i].Data, 0o600); err != nil {
		return fmt.Errorf("copy of a document: %w", err)
	}
	return c.a.config.OpenFile(path)
}

func (c *copies) remove() {
	if c.dir == "" {
		return
	}
	if err := os.RemoveAll(c.dir); err != nil {
		c.a.log.Warn("removing copies", "err", err)
	}
}

// extension returns the ending by which the system finds a viewer, for what
// the bytes are and not for what the page calls them. Bytes of no known type
// get none, so that nothing is run.
func extension(docType string) string {
	switch {
	case docType == payment.TypePDF:
		return ".pdf"
	case docType == payment.TypeXML, strings.HasPrefix(docType, "pain."):
		return ".xml"
	case docType == payment.TypeJSON:
		return ".json"
	case docType == payment.TypeText:
		return ".txt"
	}
	return ""
}
