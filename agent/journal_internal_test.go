package agent

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestJournal(t *testing.T) {
	dir := t.TempDir()
	first, second := TokenID{"Qoltanba", "A1"}, TokenID{"Qoltanba", "A2"}
	j, err := loadJournal(dir)
	if err != nil || j.unfinished(first) {
		t.Fatalf("a new journal: %v, unfinished %t", err, j.unfinished(first))
	}
	for range 2 {
		if err := j.put(registration{Token: first}); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("K52 it outlives the program", func(t *testing.T) {
		again, err := loadJournal(dir)
		if err != nil || !again.unfinished(first) || again.unfinished(second) {
			t.Errorf("read again: %v, first %t, second %t", err, again.unfinished(first), again.unfinished(second))
		}
	})
	t.Run("K122 it belongs to a serial number", func(t *testing.T) {
		if r, other := j.other(second); !other || r.Token != first {
			t.Errorf("other(second) = %v, %t, want the first", r.Token, other)
		}
		if _, other := j.other(first); other {
			t.Error("other(first) = true")
		}
	})
	if err := j.put(registration{Token: first, Done: true}); err != nil || j.unfinished(first) {
		t.Errorf("put() of a finished one = %v, unfinished %t", err, j.unfinished(first))
	}
	if _, other := j.other(second); other {
		t.Error("a finished registration is in the way of another token's")
	}
	if again, err := loadJournal(dir); err != nil || again.unfinished(first) {
		t.Errorf("read when finished: %v, unfinished %t", err, again.unfinished(first))
	}
}

func TestJournalThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, journalFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := loadJournal(dir)
	if err == nil || !j.unfinished(TokenID{"Qoltanba", "A1"}) {
		t.Errorf("loadJournal() = %v, unfinished %t, want an error and every token", err, j.unfinished(TokenID{"Qoltanba", "A1"}))
	}
	if err := j.put(registration{Token: TokenID{"Qoltanba", "A1"}}); !errors.Is(err, ErrUnfinished) {
		t.Errorf("put() = %v, want ErrUnfinished", err)
	}
}

func TestJournalThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	j, err := loadJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := j.put(registration{Token: TokenID{"Qoltanba", "A1"}}); err == nil || j.unfinished(TokenID{"Qoltanba", "A1"}) {
		t.Errorf("put() = %v, unfinished %t, want an error and nothing begun", err, j.unfinished(TokenID{"Qoltanba", "A1"}))
	}
}

// Who reads the journal does not wait for the disk, and sees nothing that is not on it.
func TestJournalReadWhileItIsWritten(t *testing.T) {
	first, second := TokenID{"Qoltanba", "A1"}, TokenID{"Qoltanba", "A2"}
	j, err := loadJournal(t.TempDir())
	if err == nil {
		err = j.put(registration{Token: first})
	}
	if err != nil {
		t.Fatal(err)
	}
	save, release, read := j.save, make(chan struct{}), make(chan struct{})
	writing, written := make(chan struct{}), make(chan error, 1)
	j.save = func(path string, data []byte) error {
		close(writing)
		<-release
		return save(path, data)
	}
	go func() { written <- j.put(registration{Token: second}) }()
	<-writing
	go func() {
		defer close(read)
		if r, begun := j.begun(first); !begun || r.Token != first {
			t.Errorf("while it is written begun(first) = %v, %t", r.Token, begun)
		}
		if _, known := j.of(second); known || j.unfinished(second) {
			t.Error("what is not on the disk yet is known")
		}
		if r, other := j.other(second); !other || r.Token != first {
			t.Errorf("while it is written other(second) = %v, %t", r.Token, other)
		}
	}()
	select {
	case <-read:
	case <-time.After(time.Minute):
		t.Error("a reader waits for the disk")
	}
	close(release)
	if err := <-written; err != nil || !j.unfinished(second) {
		t.Errorf("put() = %v, unfinished %t", err, j.unfinished(second))
	}
	<-read
}

func TestContent(t *testing.T) {
	key := func(kind ObjectKind, id, label string) Object {
		return Object{Kind: kind, ID: []byte(id), Label: label}
	}
	info := TokenInfo{Initialized: true}
	public := TokenInfo{Initialized: true, Keys: []KeyInfo{{ID: []byte("1"), Certificate: []byte("cert")}}}
	for _, c := range []struct {
		name                string
		info                TokenInfo
		objects             []Object
		checked, unfinished bool
		want                TokenContent
	}{
		{"never formatted", TokenInfo{}, nil, false, false, ContentBlank},
		{"K29 nothing seen, not checked", info, nil, false, false, ContentEmpty},
		{"K29 nothing there", info, nil, true, false, ContentEmpty},
		{"K29 a data object only", info, []Object{key(ObjectOther, "", "notes")}, true, false, ContentForeign},
		{"a public certificate", public, nil, false, false, ContentProfile},
		{"a certificate whose key is not there", public, []Object{key(ObjectCertificate, "1", "x")}, true, false, ContentForeign},
		{"K25 a key with its certificate", info, []Object{key(ObjectPrivateKey, "1", "x"), key(ObjectCertificate, "1", "x")}, true, false, ContentProfile},
		{"somebody's key without certificate", info, []Object{key(ObjectPrivateKey, "1", "x")}, true, false, ContentForeign},
		{"K53 our key without certificate", info, []Object{key(ObjectPrivateKey, "1", LabelPrefix+"x")}, true, false, ContentUnfinished},
		{"K53 its public half shows without login", info, []Object{key(ObjectPublicKey, "1", LabelPrefix+"x")}, false, false, ContentUnfinished},
		{"K49 the journal knows it", info, nil, true, true, ContentUnfinished},
		{"our profile", info, []Object{key(ObjectPrivateKey, "1", LabelPrefix+"x"), key(ObjectCertificate, "1", "y")}, true, false, ContentProfile},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := contentOf(c.info, c.objects, c.checked, c.unfinished); got != c.want {
				t.Errorf("contentOf() = %s, want %s", got, c.want)
			}
		})
	}
}
