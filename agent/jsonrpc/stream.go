package jsonrpc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	headerSize = 5        // kind, then the length of the payload, big endian
	joinSize   = 16 << 10 // up to here header and payload leave in one Write
	drainSize  = 8 << 10
)

type stream struct {
	rwc   io.ReadWriteCloser
	limit int
}

// Stream returns a Framer over a pipe or socket. A frame is one byte of kind,
// four bytes of length (big endian) and the payload, at most limit bytes of it,
// which both ends should set alike. Nothing is buffered between frames: a payload
// is read straight into a slice of its exact size and a secret is written straight
// from the caller's slice, so no other buffer of this process holds it.
//
// A frame over the limit is read and thrown away, and the stream goes on. An
// unknown kind ends it: the peer, or something that printed into the pipe, has
// lost the frame borders.
func Stream(rwc io.ReadWriteCloser, limit int) Framer {
	return &stream{rwc: rwc, limit: limit}
}

func (s *stream) ReadFrame() (Kind, []byte, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(s.rwc, header[:]); err != nil {
		return 0, nil, err // io.EOF only between two frames
	}
	kind, n := Kind(header[0]), int64(binary.BigEndian.Uint32(header[1:]))
	switch kind {
	case Text, Secret, Binary:
	default:
		return kind, nil, fmt.Errorf("stream out of step: frame of kind %#x", byte(kind))
	}
	if n > int64(s.limit) {
		if err := s.drain(n); err != nil {
			return kind, nil, err
		}
		return kind, nil, fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, n, s.limit)
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(s.rwc, payload); err != nil {
		clear(payload)
		return kind, nil, cut(err)
	}
	return kind, payload, nil
}

// drain reads n bytes into a buffer that it wipes: they may be a secret.
func (s *stream) drain(n int64) error {
	buf := make([]byte, min(n, drainSize))
	defer clear(buf)
	for n > 0 {
		k, err := s.rwc.Read(buf[:min(n, drainSize)])
		n -= int64(k)
		if err != nil && n > 0 {
			return cut(err)
		}
	}
	return nil
}

// cut marks an end inside a frame.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (s *stream) WriteFrame(kind Kind, payload []byte) error {
	if len(payload) > s.limit {
		return fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, len(payload), s.limit)
	}
	size := headerSize
	join := kind != Secret && len(payload) <= joinSize
	if join {
		size += len(payload)
	}
	first := make([]byte, headerSize, size)
	first[0] = byte(kind)
	binary.BigEndian.PutUint32(first[1:], uint32(len(payload)))
	if join {
		first, payload = append(first, payload...), nil
	}
	if _, err := s.rwc.Write(first); err != nil {
		return err
	}
	if len(payload) == 0 {
		return nil
	}
	_, err := s.rwc.Write(payload)
	return err
}

func (s *stream) Close() error { return s.rwc.Close() }
