package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	maxCold = 500.0 // ms
	maxWarm = 150.0
	drawn   = 16 // more colours than this has only a window that is drawn
	asks    = 3  // as often an agent asks about one site whose page goes away
)

// windows measures the time from the first request of a page to the window
// that it leads to, drawn on the screen: the question about an unknown site. The
// first one of an agent is cold (its window program does not run yet), those
// after it are warm. The page goes away while the window is shown.
func (b *bench) windows(ctx context.Context) error {
	bin, err := b.programs(ctx)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(bin, "qoltanba-window")); err != nil {
		return absentError("qoltanba-window is not built: make build")
	}
	d, err := openDesktop(ctx, b.temp, true)
	if err != nil {
		return err
	}
	defer d.close()
	var cold, warm []float64
	for range b.starts {
		a, err := b.startAgent(ctx, d, bin)
		if err != nil {
			return err
		}
		for i := range asks {
			ms, err := knock(ctx, d, a)
			if err != nil {
				a.end()
				return err
			}
			if i == 0 {
				cold = append(cold, ms)
			} else {
				warm = append(warm, ms)
			}
		}
		a.end()
	}
	defer func() { b.report.note(fmt.Sprintf("  ms: cold %.0f, warm %.0f", cold, warm)) }()
	return errors.Join(
		b.report.add(line{Name: "request to window, cold", Value: median(cold), Unit: "ms"}, atMost(maxCold)),
		b.report.add(line{Name: "request to window, warm", Value: median(warm), Unit: "ms"}, atMost(maxWarm)),
	)
}

// upgrade is what a page's WebSocket sends first. It is written by hand, as the
// page leaves before there is an answer.
const upgrade = "GET /v1 HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: cWJlbmNocWJlbmNocWJlbg==\r\n\r\n"

// knock connects as a page of an unknown site until the window is on the
// screen, and returns how many milliseconds that took, once it is gone again.
func knock(ctx context.Context, d *desktop, agent *realAgent) (float64, error) {
	begin := time.Now()
	c, err := net.Dial("tcp", address(agent.port))
	if err != nil {
		return 0, err
	}
	if _, err = fmt.Fprintf(c, upgrade, address(agent.port), bankOrigin); err == nil {
		err = waitForScreen(ctx, d, agent, "a window", func(colours int) bool { return colours > drawn })
	}
	took := time.Since(begin)
	if err := errors.Join(err, c.Close()); err != nil {
		return 0, err
	}
	err = waitForScreen(ctx, d, agent, "an empty screen", func(colours int) bool { return colours == 0 })
	return took.Seconds() * 1000, err
}

func waitForScreen(ctx context.Context, d *desktop, agent *realAgent, what string, so func(colours int) bool) error {
	var unreadable error
	err := until(ctx, what, agent.process, func() bool {
		n, err := d.colours()
		unreadable = err
		return err != nil || so(n)
	})
	if unreadable != nil {
		return fmt.Errorf("looking at the screen: %w", unreadable)
	}
	return err
}
