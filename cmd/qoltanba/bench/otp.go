package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"time"

	"qoltanba/agent/otp"
)

// tryCost is what a try costs here: enough for the key stretching to outweigh the rest, as
// it does with otp.DefaultCost, and little enough for hundreds of tries.
var tryCost = otp.Cost{Time: 1, Memory: 8 << 10, Threads: 1}

// maxT is from where on two samples are said to differ: the threshold of "dude, is my code
// constant time?" (Reparaz, Balasch, Verbauwhede 2017) for what may leak.
const maxT = 4.5

// pinTimes takes the time of MobiPass answers with the right PIN and with wrong ones, in
// random order, and prints Welch's t of the two: nothing may tell them apart (M31).
func (b *bench) pinTimes(ctx context.Context) error {
	store, err := otp.OpenFileStore(filepath.Join(b.temp, "mobipass"))
	if err != nil {
		return err
	}
	defer store.RemoveAll()
	m := otp.NewMobiPass(store, memoryKeys{})
	if err := m.Save(ctx, make([]byte, otp.MobiKeyLen), []byte("2580"), tryCost); err != nil {
		return err
	}
	var right, wrong []float64
	for len(right) < b.tries || len(wrong) < b.tries {
		pin, times := "2580", &right
		if rand.IntN(2) == 0 {
			pin, times = "2581", &wrong
		}
		if len(*times) == b.tries {
			continue
		}
		begin := time.Now()
		if _, err := m.Sign(ctx, []byte(pin), "338609"); err != nil {
			return err
		}
		*times = append(*times, time.Since(begin).Seconds()*1000)
	}
	t := math.Abs(welch(right, wrong)) // before median sorts them
	err = b.report.add(line{Name: "MobiPass answer, right PIN", Value: median(right), Unit: "ms", Peer: "wrong PIN", PeerValue: median(wrong)}, nil)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("Welch's t of %d right and wrong PINs", b.tries)
	return b.report.add(line{Name: name, Value: t, Unit: "t"}, atMost(maxT))
}

// welch is Welch's t of two samples, at least two figures each: how far their means are
// apart, in standard errors.
func welch(a, b []float64) float64 {
	meanA, varianceA := moments(a)
	meanB, varianceB := moments(b)
	return (meanA - meanB) / math.Sqrt(varianceA/float64(len(a))+varianceB/float64(len(b)))
}

func moments(all []float64) (mean, variance float64) {
	for _, v := range all {
		mean += v / float64(len(all))
	}
	for _, v := range all {
		variance += (v - mean) * (v - mean) / float64(len(all)-1)
	}
	return mean, variance
}

// memoryKeys is a keyring in memory: the time of a real one says nothing of a PIN.
type memoryKeys map[string][]byte

func (k memoryKeys) Get(_ context.Context, name string) ([]byte, error) {
	if key, ok := k[name]; ok {
		return append([]byte(nil), key...), nil
	}
	return nil, otp.ErrNoKey
}

func (k memoryKeys) Set(_ context.Context, name string, key []byte) error {
	k[name] = append([]byte(nil), key...)
	return nil
}

func (k memoryKeys) Delete(_ context.Context, name string) error {
	delete(k, name)
	return nil
}
