package main

import (
	"context"
	"fmt"
	"math"
	"math/big"
	random "math/rand/v2"
	"slices"
	"strings"
	"time"

	"qoltanba/agent/gost"
)

// timedCurves are those whose multiplication is timed: one of each way to reduce a
// product, of each length and of each form, with the order of the base (RFC 4357,
// RFC 7836).
var timedCurves = []struct {
	params *gost.Params
	curve  string
	order  string
}{
	{gost.Kazakh2004, "CryptoPro-A", // a prime near 2^256
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893"},
	{gost.Kazakh2015, "TC26-512-A", // a prime near 2^512
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" +
			"27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275"},
	{russian("256 bit TC26-A"), "TC26-256-A", // the form of Edwards
		"400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67"},
	{russian("256 bit TC26-D"), "TC26-256-D", // Montgomery
		"9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9"},
}

// A class is a way to choose the numbers of a measurement.
type class struct {
	name string
	draw func() []byte
}

// gostTimes takes the time of multiplications of a curve's base by extreme scalars and
// by random ones and prints Welch's t of each pair, as dudect does (Reparaz, Balasch,
// Verbauwhede, "Dude, is my code constant time?", 2017: fixed against random). The
// classes come in random order, so that all meet the same disturbances. |t| is how
// many standard errors the means are apart; above 4.5 they differ, below nothing is
// shown to.
//
// A second class of random scalars tells what the machine alone makes of it, and
// verification, which takes time that depends on its numbers, that a difference is seen.
func (b *bench) gostTimes(ctx context.Context) error {
	b.report.note(load())
	for _, c := range timedCurves {
		classes := append([]class{randomScalars(c.params)}, extremes(c.params, c.order)...)
		all, err := timed(ctx, classes, b.timings, c.params.Size(), func(scalar []byte) error {
			_, err := gost.NewPrivateKey(c.params, scalar)
			return err
		})
		if err != nil {
			return err
		}
		var largest float64
		var each []string
		for i, k := range classes[1:] {
			t := differ(all[0], all[i+1])
			each = append(each, fmt.Sprintf("%s %.1f", k.name, t))
			if k.name != again {
				largest = max(largest, t)
			}
		}
		if err := b.report.add(line{Name: "scalar times base, " + c.curve, Value: largest, Unit: "|t|"}, atMost(maxT)); err != nil {
			return err
		}
		b.report.note(fmt.Sprintf("  Welch's |t| against %d random scalars, at most 4.5 shows no difference: %s", b.timings, strings.Join(each, ", ")))
	}
	t, err := b.verificationTimes(ctx)
	if err != nil {
		return err
	}
	return b.report.add(line{Name: "the same of verification, may differ", Value: t, Unit: "|t|"}, atLeast(maxT))
}

const again = "random"

func randomScalars(p *gost.Params) class {
	return class{again, func() []byte {
		key := gost.GenerateKey(p)
		defer key.Wipe()
		return key.Bytes()
	}}
}

// extremes are scalars with the longest runs of equal bits, and random ones again.
func extremes(p *gost.Params, order string) []class {
	size, last := p.Size(), lastScalar(order)
	one := make([]byte, size)
	one[0] = 1
	ones := slices.Clone(last) // as many as are less than the order
	for i := range ones {
		ones[i] = 0xff
	}
	for ones[size-1] >= last[size-1] {
		ones[size-1] >>= 1
	}
	upper := slices.Clone(last)
	clear(upper[:size/2])
	lower := slices.Clone(ones)
	clear(lower[size/2:])
	list := []class{randomScalars(p)}
	for _, k := range []struct {
		name   string
		scalar []byte
	}{{"1", one}, {"q-1", last}, {"all ones", ones}, {"lower half 0", upper}, {"upper half 0", lower}} {
		list = append(list, class{k.name, func() []byte { return k.scalar }})
	}
	return list
}

// lastScalar is the largest scalar, the order less 1. An order is odd.
func lastScalar(order string) []byte {
	n, _ := new(big.Int).SetString(order, 16)
	scalar := n.Bytes()
	slices.Reverse(scalar)
	scalar[0] &^= 1
	return scalar
}

// verificationTimes is t of verifications that multiply by 1 and by random numbers.
func (b *bench) verificationTimes(ctx context.Context) (float64, error) {
	p := timedCurves[0].params
	public := gost.GenerateKey(p).Public().(*gost.PublicKey)
	size, last := p.Size(), lastScalar(timedCurves[0].order)
	random := class{again, func() []byte { // r, s and the digest
		var all []byte
		for range 3 {
			all = append(all, randomScalars(p).draw()...)
		}
		return all
	}}
	fixed := class{"1", func() []byte { // the key's multiple is -r/digest
		all := random.draw()
		copy(all, last)
		clear(all[2*size:])
		all[2*size] = 1
		return all
	}}
	all, err := timed(ctx, []class{random, fixed}, min(b.timings, 200), 3*size, func(n []byte) error {
		public.Verify(n[2*size:], n[:2*size]) // no signature of anybody
		return nil
	})
	if err != nil {
		return 0, err
	}
	return differ(all[0], all[1]), nil
}

// timed takes count times of every class, in random order, and returns microseconds.
// All numbers are there before, so that nothing else runs in between, and each is
// brought to the same place.
func timed(ctx context.Context, classes []class, count, size int, run func([]byte) error) ([][]float64, error) {
	type draw struct {
		class  int
		number []byte
	}
	var draws []draw
	for i, k := range classes {
		for range count {
			draws = append(draws, draw{i, k.draw()})
		}
	}
	random.Shuffle(len(draws), func(i, j int) { draws[i], draws[j] = draws[j], draws[i] })
	all := make([][]float64, len(classes))
	n := make([]byte, size)
	for _, d := range draws {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		copy(n, d.number)
		start := time.Now()
		if err := run(n); err != nil {
			return nil, err
		}
		all[d.class] = append(all[d.class], time.Since(start).Seconds()*1e6)
	}
	return all, nil
}

// differ is |t| of two samples, or of both without the slowest tenth of the two, which
// is the machine's rather than the code's, whichever is larger.
func differ(a, b []float64) float64 {
	both := slices.Sorted(slices.Values(slices.Concat(a, b)))
	slow := both[len(both)*9/10]
	quick := func(all []float64) []float64 {
		return slices.DeleteFunc(slices.Clone(all), func(v float64) bool { return v > slow })
	}
	return max(math.Abs(welch(a, b)), math.Abs(welch(quick(a), quick(b))))
}
