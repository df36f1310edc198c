package jsonrpc

import (
	"encoding/binary"
	"errors"
)

// ErrPair: a secret is not two that were joined by PackPair.
var ErrPair = errors.New("two secrets expected")

// PackPair joins two secrets into one: the length of the first in two bytes, big
// endian, then both. It returns ErrPair when the first is longer than that can
// say. The pair is the caller's to wipe.
func PackPair(first, second []byte) ([]byte, error) {
	if len(first) > 1<<16-1 {
		return nil, ErrPair
	}
	// The exact size at once: append would leave copies behind.
	b := make([]byte, 2, 2+len(first)+len(second))
	binary.BigEndian.PutUint16(b, uint16(len(first)))
	b = append(b, first...)
	return append(b, second...), nil
}

// SplitPair is the way back. It copies, and wipes the pair.
func SplitPair(pair []byte) (first, second []byte, err error) {
	defer clear(pair)
	if len(pair) < 2 || len(pair)-2 < int(binary.BigEndian.Uint16(pair)) {
		return nil, nil, ErrPair
	}
	n := 2 + int(binary.BigEndian.Uint16(pair))
	return append([]byte{}, pair[2:n]...), append([]byte{}, pair[n:]...), nil
}
