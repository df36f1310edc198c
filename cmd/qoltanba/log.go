package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// maxLog is the size in bytes at which the log begins anew; the one before is
// kept beside it.
const maxLog = 1 << 20

// openLog opens the log file. The log holds no secrets, no document text and,
// above Debug, no personal data.
func openLog(d dirs, debug bool) (*slog.Logger, func() error, error) {
	path := filepath.Join(d.state, "agent.log")
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, nil, fmt.Errorf("log: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("log: %w", err)
	}
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: level})), f.Close, nil
}
