package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/cms"
)

// batchGoals are those for a batch beside the bare loop with two sessions.
var batchGoals = map[agent.KeyAlgorithm]float64{agent.RSA2048: 0.9, agent.P256: 0.5}

// moreRounds makes up for how short a round of a fast key is.
var moreRounds = map[agent.KeyAlgorithm]int{agent.RSA2048: 1, agent.P256: 3}

// sign measures batches and single signatures.
func (b *bench) sign(ctx context.Context) (err error) {
	module, err := b.helper(b.tokens.module, b.tokens.config)
	if err != nil {
		return err
	}
	p, err := startPath(ctx, b.dir, b.tokens, module)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	loop, err := startBare(ctx, b.tokens)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loop.close()) }()
	for _, a := range algorithms {
		if !listed(b.keys, string(a)) {
			continue
		}
		g, err := p.open(ctx, a)
		if err != nil {
			return err
		}
		for _, k := range []kind{payments, texts} {
			if err := b.batches(ctx, g, loop, a, k); err != nil {
				return err
			}
		}
		for _, k := range []kind{payments, texts} {
			if err := b.single(ctx, g, loop, a, k); err != nil {
				return err
			}
		}
		if err := g.close(); err != nil {
			return err
		}
	}
	return nil
}

// batches measures one request with many documents.
func (b *bench) batches(ctx context.Context, g *page, loop *bare, a agent.KeyAlgorithm, k kind) error {
	documents := k.documents(b.batch)
	ours, peer, err := inTurns(ctx, b.rounds*moreRounds[a],
		func() (time.Duration, error) {
			runtime.GC() // what the page made of the last answer is not the agent's to clear up
			return b.request(g, documents)
		},
		func() (time.Duration, error) {
			return loop.run(job{Key: b.tokens.keys[a], Algorithm: a, Sessions: loopSessions, Count: b.batch})
		})
	if err != nil {
		return err
	}
	return b.compared(g, line{
		Name:  fmt.Sprintf("batch of %d, %s, %s", b.batch, a, k.name),
		Value: float64(b.batch) / ours, PeerValue: float64(b.batch) / peer,
	}, atLeast(batchGoals[a]))
}

// single measures requests with one document, one after the other. Each asks
// the person, logs in and syncs the history; the bare loop does nothing of it.
func (b *bench) single(ctx context.Context, g *page, loop *bare, a agent.KeyAlgorithm, k kind) error {
	documents := k.documents(b.singles)
	ours, peer, err := inTurns(ctx, b.rounds,
		func() (all time.Duration, err error) {
			for i := range documents {
				took, err := b.request(g, documents[i:i+1])
				if err != nil {
					return 0, err
				}
				all += took
			}
			return all, nil
		},
		func() (time.Duration, error) {
			return loop.run(job{Key: b.tokens.keys[a], Algorithm: a, Sessions: 1, Count: b.singles})
		})
	if err != nil {
		return err
	}
	return b.compared(g, line{
		Name:  fmt.Sprintf("single, %s, %s", a, k.name),
		Value: float64(b.singles) / ours, PeerValue: float64(b.singles) / peer,
	}, nil)
}

// compared reports a line, and below it where the page's time went.
func (b *bench) compared(g *page, l line, goal *goal) error {
	l.Unit, l.Peer = "sign/s", "bare loop"
	if err := b.report.add(l, goal); err != nil {
		return err
	}
	b.report.note(g.stages.String())
	g.stages.reset()
	return nil
}

// request signs documents and checks the first and the last signature, which
// is not in the time.
func (b *bench) request(g *page, documents []agent.Document) (time.Duration, error) {
	answer, took, err := g.sign(documents)
	if err != nil {
		return 0, err
	}
	all, err := signed(answer, len(documents))
	if err != nil {
		return 0, err
	}
	for _, i := range []int{0, len(all) - 1} {
		if err := b.verify(all[i], documents[i].Data); err != nil {
			return 0, fmt.Errorf("signature %d: %w", i, err)
		}
	}
	return took, nil
}

func (b *bench) verify(signature, content []byte) error {
	v, err := cms.Verify(signature, cms.VerifyOptions{Roots: b.tokens.roots})
	if err != nil {
		return err
	}
	if !bytes.Equal(v.Content, content) || v.Origin != bankOrigin {
		return errors.New("signs something else")
	}
	return nil
}

// inTurns runs both so many times, in turns so that they meet the same
// disturbances, after one of each that does not count. It returns the seconds of
// the round whose ratio is the median.
func inTurns(ctx context.Context, rounds int, ours, peer func() (time.Duration, error)) (ourSeconds, peerSeconds float64, err error) {
	type round struct{ ours, peer float64 }
	var all []round
	for range rounds + 1 {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		a, err := ours()
		if err != nil {
			return 0, 0, err
		}
		b, err := peer()
		if err != nil {
			return 0, 0, err
		}
		all = append(all, round{a.Seconds(), b.Seconds()})
	}
	all = all[1:]
	slices.SortFunc(all, func(x, y round) int { return cmp.Compare(x.ours/x.peer, y.ours/y.peer) })
	middle := all[len(all)/2]
	return middle.ours, middle.peer, nil
}
