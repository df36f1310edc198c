// Command bench measures the agent beside what it is made of.
//
// Signatures go the whole path, from a page's WebSocket through bridge, rules,
// history on the disk and the module's helper process to SoftHSM2. Beside it, in the
// same run and in turns, a child process signs as often in a bare loop over the
// module ("bare" below): a process must not open a PKCS#11 library twice. The ratio
// is the path's speed over that of the bare loop. What the helper process costs is
// seen beside the same path with the module in its own process, and what many keys
// cost beside a token with one. Then the real programs are started and looked at
// from outside.
//
// Every figure is printed, with its goal where there is one, and written as a
// line of JSON to .bench/latest.jsonl. A missed goal is marked and changes no
// exit code; a figure that cannot be taken is left out and the reason printed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the sizes of a run.
type options struct {
	dir     string // folder for latest.jsonl and the history, on a real disk
	parts   string // names of the parts to run, with commas between
	bin     string // folder of the real programs
	keys    string // algorithms of the keys to sign with, likewise
	profile string // file for the CPU profile of this process, "" for none

	batch   int           // documents in a batch
	singles int           // single signatures in a round
	rounds  int           // of path and bare loop; a fast key gets more
	pages   int           // connections at a time
	each    int           // requests of each connection
	tries   int           // of a right PIN and of a wrong one
	loops   int           // of the GOST engine and of package gost in a round
	timings int           // of every class of GOST scalars
	idle    time.Duration // for which the idle agent is watched
	starts  int           // of the real programs
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// As cmd/qoltanba has it; the bare loop is not to have less.
	runtime.GOMAXPROCS(runtime.NumCPU() + loopSessions)
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == bareCommand:
		err = serveBare(os.Args[2:], os.Stdin, os.Stdout)
	case len(os.Args) > 2 && os.Args[1] == helperCommand:
		err = serveModule(os.Args[2])
	default:
		err = run(ctx, parseFlags())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parseFlags() options {
	var o options
	flag.StringVar(&o.dir, "dir", ".bench", "folder for latest.jsonl and the history")
	flag.StringVar(&o.parts, "parts", "sign,child,keys,crowd,otp,gost,gosttime,gostfile,idle,window", "parts to run")
	flag.StringVar(&o.bin, "bin", "bin", "folder of the programs that make build left")
	flag.StringVar(&o.keys, "keys", "RSA-2048,P-256", "algorithms to sign with")
	flag.StringVar(&o.profile, "cpuprofile", "", "file for a CPU profile of the path (the bare loop is another process)")
	flag.IntVar(&o.batch, "batch", 1000, "documents in a batch")
	flag.IntVar(&o.singles, "singles", 50, "single signatures in a round")
	flag.IntVar(&o.rounds, "rounds", 7, "rounds of path and bare loop")
	flag.IntVar(&o.pages, "pages", 20, "connections at a time")
	flag.IntVar(&o.each, "each", 10, "requests of each connection")
	flag.IntVar(&o.tries, "tries", 200, "MobiPass answers with a right and with a wrong PIN, each")
	flag.IntVar(&o.loops, "loops", 100, "GOST signatures, or pieces of 16 KiB, in a round")
	flag.IntVar(&o.timings, "timings", 10_000, "times of every class of GOST scalars")
	flag.DurationVar(&o.idle, "idle", 30*time.Second, "for how long the idle agent is watched")
	flag.IntVar(&o.starts, "starts", 5, "starts of the real programs")
	flag.Parse()
	return o
}

func run(ctx context.Context, o options) (err error) {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	// Short, as sockets lie in it.
	temp, err := os.MkdirTemp("", "qbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	tokens, err := makeTokens(ctx, temp)
	if err != nil {
		return fmt.Errorf("making a token (make deps installs SoftHSM2): %w", err)
	}
	r, err := newReport(os.Stdout, filepath.Join(o.dir, "latest.jsonl"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	b := &bench{options: o, report: r, tokens: tokens, temp: temp}
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	return b.run(ctx)
}

// bench is one run.
type bench struct {
	options
	report *report
	tokens *tokens
	temp   string // private folder, removed after the run
}

func (b *bench) run(ctx context.Context) error {
	var errs []error
	for _, p := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"sign", b.sign},
		{"child", b.child},
		{"keys", b.keys100},
		{"crowd", b.crowd},
		{"otp", b.pinTimes},
		{"gost", b.gostSpeed},
		{"gosttime", b.gostTimes},
		{"gostfile", b.gostFile},
		{"idle", b.idlePrograms},
		{"window", b.windows},
	} {
		if !listed(b.parts, p.name) {
			continue
		}
		err := p.run(ctx)
		if err == nil {
			continue
		}
		b.report.leaveOut(p.name, err)
		if _, absent := errors.AsType[absentError](err); !absent {
			errs = append(errs, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	b.report.summary()
	return errors.Join(errs...)
}

// listed tells whether a list with commas holds the word.
func listed(list, word string) bool { return slices.Contains(strings.Split(list, ","), word) }

// absentError is the reason why something cannot be measured here.
type absentError string

func (e absentError) Error() string { return string(e) }
