package server

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// installerPath is where a site has the agent's installer itself.
const installerPath = "/installer/"

// InstallerAddress is where the site of that origin has that file.
func InstallerAddress(origin, file string) string {
	return origin + installerPath + url.PathEscape(filepath.Base(file))
}

// An installer is the agent's installer. All who get it read it through one open file:
// somebody who takes it slowly, hundreds of times by one connection of HTTP/2, would hold
// as many files open and leave the bank none.
type installer struct {
	file *os.File // to the end of the process
	size int64
	made time.Time
}

func openInstaller(name string) (*installer, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &installer{f, info.Size(), info.ModTime()}, nil
}

// sendInstaller sends the agent's installer to whoever asks.
func (s *Server) sendInstaller(w http.ResponseWriter, r *http.Request) {
	s.giveTime(w, s.installer.size)
	w.Header().Set("Content-Disposition", "attachment")
	http.ServeContent(w, r, filepath.Base(s.Installer), s.installer.made, io.NewSectionReader(s.installer.file, 0, s.installer.size))
}

// How long somebody may take to read an answer: a while, and what the answer takes by a
// line as slow as people have. Who reads slower holds a connection, and is given up.
const (
	readingTime = time.Minute
	slowestLine = 16 << 10 // bytes a second
)

// giveTime gives whoever reads the answer that begins now the time for so many bytes, in
// place of the WriteTimeout of the http.Server, which holds for all others and began with
// the request.
func (s *Server) giveTime(w http.ResponseWriter, size int64) {
	by := time.Now().Add(readingTime + time.Duration(size/slowestLine)*time.Second)
	if err := http.NewResponseController(w).SetWriteDeadline(by); err != nil {
		s.Logger.Debug("the answer has the time of all others", "err", err)
	}
}
