package server

import (
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

// installer sends the agent's installer to whoever asks.
func (s *Server) installer(w http.ResponseWriter, r *http.Request) {
	f, err := os.Open(s.Installer)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.giveTime(w, info.Size())
	w.Header().Set("Content-Disposition", "attachment")
	http.ServeContent(w, r, info.Name(), info.ModTime(), f)
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
