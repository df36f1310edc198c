package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"
)

// line is one figure. Peer is what it is compared with, in the same run and
// with the same unit, and Ratio is Value over PeerValue.
type line struct {
	Name      string  `json:"name"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	Peer      string  `json:"peer,omitempty"`
	PeerValue float64 `json:"peer_value,omitempty"`
	Ratio     float64 `json:"ratio,omitempty"`
}

// goal is what a line should reach: at least or at most so much, the ratio
// where the line has a peer, else the value. nil is none.
type goal struct {
	atLeast bool
	limit   float64
}

func atLeast(limit float64) *goal { return &goal{true, limit} }
func atMost(limit float64) *goal  { return &goal{false, limit} }

func (g *goal) String() string {
	if g == nil {
		return "none"
	}
	if g.atLeast {
		return "≥ " + figure(g.limit)
	}
	return "≤ " + figure(g.limit)
}

func (g *goal) met(l line) bool {
	v := l.Value
	if l.Peer != "" {
		v = l.Ratio
	}
	if g.atLeast {
		return v >= g.limit
	}
	return v <= g.limit
}

// report prints lines for people and writes them for programs.
type report struct {
	out    io.Writer
	file   *os.File
	start  time.Time
	goals  int
	missed []string
}

func newReport(out io.Writer, path string) (*report, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &report{out: out, file: f, start: time.Now()}, nil
}

func (r *report) close() error { return r.file.Close() }

func (r *report) add(l line, g *goal) error {
	text := fmt.Sprintf("%-36s %9s %s", l.Name, figure(l.Value), l.Unit)
	if l.Peer != "" {
		l.Ratio = l.Value / l.PeerValue
		text = fmt.Sprintf("%-47s %s %s, ratio %.2f", text, l.Peer, figure(l.PeerValue), l.Ratio)
	}
	if g != nil {
		r.goals++
		text = fmt.Sprintf("%-80s goal %s", text, g)
		if !g.met(l) {
			r.missed = append(r.missed, l.Name)
			text += "  MISSED"
		}
	}
	fmt.Fprintln(r.out, text)
	b, err := json.Marshal(l)
	if err == nil {
		_, err = r.file.Write(append(b, '\n'))
	}
	return err
}

// note prints what explains the line before.
func (r *report) note(text string) { fmt.Fprintln(r.out, text) }

func (r *report) leaveOut(name string, why error) {
	fmt.Fprintf(r.out, "%-36s left out: %v\n", name, why)
}

func (r *report) summary() {
	fmt.Fprintf(r.out, "bench: %d of %d goals met in %.0f s; the lines are in %s\n",
		r.goals-len(r.missed), r.goals, time.Since(r.start).Seconds(), r.file.Name())
	for _, name := range r.missed {
		fmt.Fprintln(r.out, "bench: MISSED", name)
	}
}

// figure shows four digits.
func figure(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// median of an odd or even number of figures, at least one. It sorts them.
func median(all []float64) float64 {
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}
