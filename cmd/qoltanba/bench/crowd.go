package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"qoltanba/agent"
)

// crowd has many pages of one bank ask at the same time. Each waits for its
// turn with the person.
func (b *bench) crowd(ctx context.Context) (err error) {
	module, err := b.helper(b.tokens.module, b.tokens.config)
	if err != nil {
		return err
	}
	p, err := startPath(ctx, b.dir, b.tokens, module)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	var all []*page
	for range b.pages {
		g, err := p.open(ctx, agent.P256)
		if err != nil {
			return err
		}
		defer g.close()
		all = append(all, g)
	}
	documents := payments.documents(b.pages * b.each)
	var failures atomic.Int64
	var first atomic.Pointer[error]
	var group sync.WaitGroup
	start := time.Now()
	for i, g := range all {
		group.Go(func() {
			for j := range b.each {
				n := i*b.each + j
				if _, err := b.request(g, documents[n:n+1]); err != nil {
					failures.Add(1)
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	if e := first.Load(); e != nil {
		b.report.note("  the first failure: " + (*e).Error())
	}
	name := fmt.Sprintf("%d requests from %d pages", len(documents), b.pages)
	return errors.Join(
		b.report.add(line{Name: name + ", failed", Value: float64(failures.Load()), Unit: "requests"}, atMost(0)),
		b.report.add(line{Name: name, Value: float64(len(documents)) / took.Seconds(), Unit: "requests/s"}, nil),
	)
}
