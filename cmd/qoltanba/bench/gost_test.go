package main

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest/need"
	"qoltanba/agent/gost"
	"qoltanba/agent/keyfile"
)

// The parts with GOST, small. Where the engine is absent its lines are left out.
func TestRunGOSTSmall(t *testing.T) {
	need.Program(t, "softhsm2-util")
	e, err := startEngine(t.Context(), t.TempDir())
	if err != nil {
		need.Missing(t, "%v", err)
	}
	if err := e.close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", "") // set by the run, and as it was afterwards
	dir := t.TempDir()
	o := options{dir: dir, parts: "gost,gosttime,gostfile", batch: 10, rounds: 1, loops: 1, timings: 5}
	if err := run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	got := readLines(t, filepath.Join(dir, "latest.jsonl"))
	want := map[string]string{
		"batch of 10, ST RK GOST R 34.310-2004 key file":  "sign/s",
		"batch of 10, GOST R 34.10-2015 512 bit key file": "sign/s",
		"scalar times base, CryptoPro-A":                  "|t|",
		"scalar times base, TC26-512-A":                   "|t|",
		"scalar times base, TC26-256-A":                   "|t|",
		"scalar times base, TC26-256-D":                   "|t|",
		"the same of verification, may differ":            "|t|",
	}
	for _, d := range engineDigests {
		want[d.hash.String()] = "MB/s"
	}
	for _, c := range engineCurves {
		want[c.curve+", sign"], want[c.curve+", verify"] = "sign/s", "verify/s"
	}
	if len(got) != len(want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
	for name, unit := range want {
		l, ok := got[name]
		if !ok || l.Unit != unit || l.Value <= 0 || unit != "|t|" && l.Ratio <= 0 {
			t.Errorf("line %q = %+v", name, l)
		}
	}
}

// Extreme scalars are taken as keys, all are different, and there is none above the last.
func TestExtremes(t *testing.T) {
	for _, c := range timedCurves {
		seen := map[string]bool{}
		for _, k := range extremes(c.params, c.order) {
			scalar := k.draw()
			if _, err := gost.NewPrivateKey(c.params, scalar); err != nil || seen[string(scalar)] {
				t.Errorf("%s, %s, %x: %v, or comes twice", c.curve, k.name, scalar, err)
			}
			seen[string(scalar)] = true
		}
		next := lastScalar(c.order)
		next[0]++
		if _, err := gost.NewPrivateKey(c.params, next); !errors.Is(err, gost.ErrKey) {
			t.Errorf("%s, the order as a scalar: %v, want ErrKey", c.curve, err)
		}
	}
}

// TestDiffer: samples that differ by a thousandth, one in ten of them disturbed, are
// told apart, and those that do not differ are not.
func TestDiffer(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sample := func(mean float64) []float64 {
		all := make([]float64, 10_000)
		for i := range all {
			all[i] = mean + r.NormFloat64()
			if r.IntN(20) == 0 {
				all[i] += 5000 * r.Float64() // another program had the processor
			}
		}
		return all
	}
	if got := differ(sample(100), sample(100.1)); got < maxT {
		t.Errorf("differ = %v where it does", got)
	}
	if got := differ(sample(100), sample(100)); got > maxT {
		t.Errorf("differ = %v where it does not", got)
	}
}

func TestEncodeKeyFile(t *testing.T) {
	for _, p := range []*gost.Params{gost.Kazakh2004, gost.Kazakh2015} {
		b := &bench{temp: t.TempDir()}
		name, _, key, err := b.makeKeyFile(p)
		if err != nil {
			t.Fatal(err)
		}
		s := keyfile.NewSet(keyfile.Config{Drives: func() []string { return nil }, Files: []string{name}})
		infos, err := s.List(t.Context())
		if err != nil || len(infos) != 1 {
			t.Fatalf("List = %v, %v", infos, err)
		}
		token, err := s.Open(t.Context(), infos[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		defer token.Close()
		if err := token.Login(t.Context(), agent.NewSecret([]byte("wrong"))); err == nil {
			t.Error("the wrong password is taken")
		}
		if err := token.Login(t.Context(), agent.NewSecret([]byte(userPIN))); err != nil {
			t.Fatal(err)
		}
		keys, err := token.Keys(t.Context())
		if err != nil || len(keys) != 1 || !key.Public().(*gost.PublicKey).Equal(keys[0].Public()) {
			t.Errorf("%v: Keys = %v, %v", p, keys, err)
		}
	}
}
