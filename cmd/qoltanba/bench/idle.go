package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	maxRSS = 25.0 // MB
	maxCPU = 0.1  // percent of a core
)

// idlePrograms starts the real agent and looks at what it needs while nobody
// uses it, with a token and a session bus for its icon.
func (b *bench) idlePrograms(ctx context.Context) error {
	bin, err := b.programs(ctx)
	if err != nil {
		return err
	}
	d, err := openDesktop(ctx, b.temp, false)
	if err != nil {
		return err
	}
	defer d.close()
	var ready []float64
	for i := range b.starts {
		a, err := b.startAgent(ctx, d, bin)
		if err != nil {
			return err
		}
		ready = append(ready, a.ready.Seconds()*1000)
		if i == b.starts-1 {
			err = b.watchIdle(ctx, a.cmd.Process.Pid)
		}
		a.end()
		if err != nil {
			return err
		}
	}
	return b.report.add(line{Name: "start to ready port", Value: median(ready), Unit: "ms"}, nil)
}

func (b *bench) watchIdle(ctx context.Context, pid int) error {
	if err := wait(ctx, min(b.idle, 2*time.Second)); err != nil { // until the start is over
		return err
	}
	before, err := cpuTime(pid)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := wait(ctx, b.idle); err != nil {
		return err
	}
	after, err := cpuTime(pid)
	if err != nil {
		return err
	}
	share := 100 * float64(after-before) / float64(time.Since(begin))
	rss, err := residentSet(pid)
	if err != nil {
		return err
	}
	return errors.Join(
		b.report.add(line{Name: "RSS of the idle agent", Value: rss, Unit: "MB"}, atMost(maxRSS)),
		b.report.add(line{Name: "CPU of the idle agent", Value: share, Unit: "% of a core"}, atMost(maxCPU)),
	)
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// cpuTime is what all threads of a process have used: the first number of
// schedstat (Linux, Documentation/scheduler/sched-stats.rst), in nanoseconds.
// The ticks of stat are as long as half of what the goal allows.
func cpuTime(pid int) (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(threads) == 0 {
		return 0, absentError("no /proc/PID/task/*/schedstat here")
	}
	var sum int64
	for _, t := range threads {
		b, err := os.ReadFile(t)
		if err != nil {
			continue // the thread has ended
		}
		first, _, _ := strings.Cut(string(b), " ")
		n, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", t, err)
		}
		sum += n
	}
	return time.Duration(sum), nil
}

// residentSet is VmRSS in MB.
func residentSet(pid int) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(b)) {
		if f := strings.Fields(l); len(f) == 3 && f[0] == "VmRSS:" {
			kib, err := strconv.ParseFloat(f[1], 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("process %d has no VmRSS", pid)
}
