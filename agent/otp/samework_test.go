package otp_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"qoltanba/agent/otp"
)

// notedStore is a store in memory that notes what is asked of it, among the calls of a
// keyring.
type notedStore struct {
	otp.MemStore
	ring *keyring
}

func (s *notedStore) Load() ([]byte, error) {
	s.ring.calls = append(s.ring.calls, "load")
	return s.MemStore.Load()
}

func (s *notedStore) Save(record []byte) error {
	s.ring.calls = append(s.ring.calls, fmt.Sprint("save ", len(record), " bytes"))
	return s.MemStore.Save(record)
}

func (s *notedStore) Remove() error {
	s.ring.calls = append(s.ring.calls, "remove")
	return s.MemStore.Remove()
}

// TestSameWork shows M31 and M58 where they can be counted: calls of store and keyring
// in their order, the sizes of what is written, and allocations are the same for the
// right PIN and a wrong one.
func TestSameWork(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(ctx context.Context, m *otp.MobiPass, pin []byte) error
		want string
	}{
		{"M31 answer", func(ctx context.Context, m *otp.MobiPass, pin []byte) error {
			_, err := m.Sign(ctx, pin, number)
			return err
		}, "[load get device-0]"},
		// To the PIN that is set: the right one stays right, and a wrong one wrong.
		{"M31 M58 change of the PIN", func(ctx context.Context, m *otp.MobiPass, pin []byte) error {
			return m.ChangePIN(ctx, pin, []byte(myPIN))
		}, "[load get device-0 set device-1 save 94 bytes delete device-0]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			work := func(pin string) (calls string, allocations float64) {
				ctx, ring := t.Context(), newKeyring()
				m := otp.NewMobiPass(&notedStore{ring: ring}, ring)
				if err := m.Save(ctx, activationKey(t, activation(t)), []byte(myPIN), cheapest); err != nil {
					t.Fatal(err)
				}
				ring.calls = nil
				b := []byte(pin)
				do := func() {
					if err := test.do(ctx, m, b); err != nil {
						t.Fatal(err)
					}
				}
				do()
				calls = fmt.Sprint(ring.calls)
				// The least of many, as a sync.Pool loses a quarter of what it is given under
				// the race detector.
				allocations = math.Inf(1)
				for range 200 {
					ring.calls = ring.calls[:0]
					allocations = min(allocations, testing.AllocsPerRun(1, do))
				}
				return calls, allocations
			}
			calls, allocations := work(myPIN)
			if calls != test.want {
				t.Errorf("right PIN: %s, want %s", calls, test.want)
			}
			for _, pin := range []string{"2581", "0000", "9999"} {
				if c, a := work(pin); c != calls || a != allocations {
					t.Errorf("%s: %s with %v allocations, right PIN: %s with %v", pin, c, a, calls, allocations)
				}
			}
		})
	}
}
