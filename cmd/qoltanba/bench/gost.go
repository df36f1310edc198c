package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"qoltanba/agent/gost"
)

// engineDigests are the engine's names of the digests. The substitution of the
// Kazakh one is another and the work the same.
var engineDigests = []struct {
	hash gost.Hash
	name string
}{
	{gost.Streebog256, "md_gost12_256"},
	{gost.Streebog512, "md_gost12_512"},
	{gost.Hash94, "md_gost94"},
	{gost.Hash94Kazakh, "md_gost94"},
}

// engineCurves are the engine's names of the curves, of which the Kazakh ones come
// first: every curve once.
var engineCurves = []struct {
	params *gost.Params
	curve  string
	name   string
}{
	{gost.Kazakh2004, "CryptoPro-A", "gost2012_256 A"},
	{gost.Kazakh2015, "TC26-512-A", "gost2012_512 A"},
	{russian("256 bit TC26-A"), "TC26-256-A", "gost2012_256 TCA"},
	{russian("256 bit TC26-C"), "TC26-256-C", "gost2012_256 TCC"},
	{russian("256 bit TC26-D"), "TC26-256-D", "gost2012_256 TCD"},
	{russian("512 bit TC26-B"), "TC26-512-B", "gost2012_512 B"},
	{russian("512 bit TC26-C"), "TC26-512-C", "gost2012_512 C"},
}

// russian returns the parameters of GOST R 34.10-2012 with that name, which exist.
func russian(name string) *gost.Params {
	all := gost.Supported()
	return all[slices.IndexFunc(all, func(p *gost.Params) bool { return p.String() == "GOST R 34.10-2012 "+name })]
}

// digestPiece is how much of a file is read at a time.
const digestPiece = 16 << 10

// gostSpeed measures package gost beside OpenSSL's GOST engine: digests, bare
// signatures and verifications, each on one core and in turns.
func (b *bench) gostSpeed(ctx context.Context) (err error) {
	e, err := startEngine(ctx, b.temp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	b.report.note(load())
	for _, d := range engineDigests {
		data := make([]byte, digestPiece)
		err := b.besideEngine(ctx, e, d.hash.String(), "MB/s", float64(digestPiece*b.loops)/1e6, 1,
			fmt.Sprintf("digest %s %d %d", d.name, digestPiece, b.loops),
			func() error {
				h := d.hash.New()
				for range b.loops {
					h.Write(data)
				}
				h.Sum(nil)
				return nil
			})
		if err != nil {
			return err
		}
	}
	for _, c := range engineCurves {
		key, digest := gost.GenerateKey(c.params), make([]byte, c.params.Size())
		rand.Read(digest)
		signature, err := key.Sign(nil, digest, nil)
		if err != nil {
			return err
		}
		err = b.besideEngine(ctx, e, c.curve+", sign", "sign/s", float64(b.loops), 0.5,
			fmt.Sprintf("sign %s %d", c.name, b.loops),
			func() error {
				_, err := key.Sign(nil, digest, nil)
				return err
			})
		if err != nil {
			return err
		}
		public := key.Public().(*gost.PublicKey)
		err = b.besideEngine(ctx, e, c.curve+", verify", "verify/s", float64(b.loops), 0.5,
			fmt.Sprintf("verify %s %d", c.name, b.loops),
			func() error { return public.Verify(digest, signature) })
		if err != nil {
			return err
		}
	}
	return nil
}

// besideEngine measures one core's speed at something beside the engine's job of the
// same size. A round of a signature is b.loops of them.
func (b *bench) besideEngine(ctx context.Context, e *engine, name, unit string, amount, limit float64, job string, run func() error) error {
	times := 1
	if unit != "MB/s" {
		times = b.loops
	}
	ours, peer, err := inTurns(ctx, 2*b.rounds,
		func() (time.Duration, error) {
			start := time.Now()
			for range times {
				if err := run(); err != nil {
					return 0, err
				}
			}
			return time.Since(start), nil
		},
		func() (time.Duration, error) { return e.run(job) })
	if err != nil {
		return err
	}
	return b.report.add(line{Name: name, Value: amount / ours, Unit: unit, Peer: "GOST engine", PeerValue: amount / peer}, atLeast(limit))
}

// load tells how busy the machine is, without which a figure says little.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "  load unknown"
	}
	return fmt.Sprintf("  load %s on %d cores", strings.Join(strings.Fields(string(text))[:3], " "), runtime.NumCPU())
}
