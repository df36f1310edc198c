package bridge

import (
	"log/slog"
	"sync"
	"time"
)

const (
	refusalsEvery = time.Minute
	maxRefusals   = 32 // origins that are told apart; a site may have any number
)

// refusals logs that somebody was turned away: of each origin the first in a
// minute, then how many more there were. Any page of the web can be refused as
// often as it likes, and shall not fill the log.
type refusals struct {
	log *slog.Logger

	mu    sync.Mutex
	since time.Time
	more  map[string]int // by origin, since then, after the first
}

// add logs or counts a refusal. The origin is "" where none is known.
func (r *refusals) add(origin string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.since) >= refusalsEvery {
		r.flush()
		r.since = time.Now()
	}
	if _, known := r.more[origin]; !known && len(r.more) >= maxRefusals {
		origin = "others"
	}
	if _, known := r.more[origin]; known {
		r.more[origin]++
		return
	}
	r.more[origin] = 0
	r.log.Warn("refused", "origin", origin, "err", err)
}

// end logs what was only counted.
func (r *refusals) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
}

func (r *refusals) flush() {
	for origin, n := range r.more {
		if n > 0 {
			r.log.Warn("refused more often", "origin", origin, "times", n)
		}
	}
	r.more = map[string]int{}
}
