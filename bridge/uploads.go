package bridge

import (
	"encoding/binary"
	"fmt"
	"sync"

	"qoltanba/agent"
)

// uploads keeps the documents that a page sent ahead of the request that signs
// them, each under the number that the page gave it. What is wrong with an
// upload is told to the request that names it: a binary message has no id, so
// nothing else could be answered.
type uploads struct {
	visit *visit

	mu     sync.Mutex
	frames map[uint32]upload
	closed bool
}

// An upload is a document, or the reason why it was not kept.
type upload struct {
	data []byte
	err  error
}

// take keeps a binary message: a number of four bytes, big endian, and the
// document. It takes the message over and copies nothing.
func (u *uploads) take(b []byte) error {
	if len(b) < frameNumberBytes {
		return refused("a binary message begins with the four bytes of its number")
	}
	number, data := binary.BigEndian.Uint32(b), b[frameNumberBytes:]
	u.mu.Lock()
	defer u.mu.Unlock()
	old, twice := u.frames[number]
	switch {
	case u.closed:
		return nil
	case twice:
		u.visit.release(len(old.data))
		u.frames[number] = upload{err: refused("two documents were uploaded under one number")}
	case len(u.frames) >= agent.MaxDocuments:
		return agent.ErrTooLarge
	case !u.visit.reserve(len(data), maxKeptOf):
		u.set(number, upload{err: fmt.Errorf("uploading: %w", agent.ErrTooLarge)})
	default:
		u.set(number, upload{data: data})
	}
	return nil
}

// refuse notes that a document found no room: message is its beginning.
func (u *uploads) refuse(message []byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	number := binary.BigEndian.Uint32(message)
	old, twice := u.frames[number]
	if u.closed || !twice && len(u.frames) >= agent.MaxDocuments {
		return
	}
	u.visit.release(len(old.data))
	u.set(number, upload{err: fmt.Errorf("uploading: %w", agent.ErrTooLarge)})
}

func (u *uploads) set(number uint32, f upload) {
	if u.frames == nil {
		u.frames = map[uint32]upload{}
	}
	u.frames[number] = f
}

// use takes out the document of a number. Its room is given back with free.
func (u *uploads) use(number uint32) ([]byte, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f, ok := u.frames[number]
	if !ok {
		return nil, refused("no document was uploaded under this number")
	}
	delete(u.frames, number)
	return f.data, f.err
}

// free gives back the room of n bytes that use handed out.
func (u *uploads) free(n int) { u.visit.release(n) }

// drop forgets everything: the connection has ended.
func (u *uploads) drop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for _, f := range u.frames {
		u.visit.release(len(f.data))
	}
	u.frames = nil
}
