package bridge

import (
	"encoding/binary"
	"errors"
	"testing"

	"qoltanba/agent"
)

// What a site uploads and does not use is capped over all its connections, and
// the room is free again when the documents were used or a connection ended.
// (Through a WebSocket this would send half a gigabyte.)
func TestUploadsAreCapped(t *testing.T) {
	var all visitors
	connect := func(host string) *uploads {
		t.Helper()
		v, err := all.from(agent.Origin{Scheme: "https", Host: host, Port: 443})
		if err != nil {
			t.Fatal(err)
		}
		return &uploads{visit: v}
	}
	large := make([]byte, frameNumberBytes+agent.MaxDocumentBytes) // shared by all: nothing is copied
	upload := func(u *uploads, number uint32, message []byte) {
		t.Helper()
		binary.BigEndian.PutUint32(message, number)
		if err := u.take(message); err != nil {
			t.Fatalf("take: %v", err)
		}
	}
	wants := func(u *uploads, number uint32, want error) int {
		t.Helper()
		data, err := u.use(number)
		if !errors.Is(err, want) {
			t.Errorf("use(%d) = %v, want %v", number, err, want)
		}
		return len(data)
	}
	small := func() []byte { return make([]byte, frameNumberBytes+1) }

	first, second, other := connect("ib.bank.kz"), connect("ib.bank.kz"), connect("erp.example")
	const fit = agent.MaxRequestBytes / agent.MaxDocumentBytes
	for i := range uint32(fit) {
		upload(first, i, large)
	}
	upload(first, fit, large[:frameNumberBytes+maxKeptOf-agent.MaxRequestBytes])
	upload(second, 1, small())
	wants(second, 1, agent.ErrTooLarge)

	upload(other, 1, small()) // another site has room of its own
	other.free(wants(other, 1, nil))

	n := wants(first, 0, nil)
	upload(second, 2, small()) // in use by a request is not free yet
	wants(second, 2, agent.ErrTooLarge)
	first.free(n)
	upload(second, 3, large)
	second.free(wants(second, 3, nil))

	first.drop()
	for i := range uint32(fit) {
		upload(second, 10+i, large)
	}
	upload(second, 10, small()) // the number a second time: neither counts
	if _, err := second.use(10); err == nil {
		t.Error("a number that was used twice gives a document")
	}
	second.free(wants(second, 11, nil))
	second.drop()
	upload(second, 20, small()) // after the end nothing is kept
	if held := second.visit.site.held; held != 0 {
		t.Errorf("%d bytes are still counted", held)
	}
}

func TestUploadsAreCounted(t *testing.T) {
	var all visitors
	v, err := all.from(agent.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	u := &uploads{visit: v}
	for i := range agent.MaxDocuments {
		if err := u.take(binary.BigEndian.AppendUint32(nil, uint32(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := u.take(binary.BigEndian.AppendUint32(nil, agent.MaxDocuments)); !errors.Is(err, agent.ErrTooLarge) {
		t.Errorf("one upload too many: %v", err)
	}
}
