package bridge

import "qoltanba/agent"

// Uploaded is the number of bytes that count as held for an origin.
func (s *Server) Uploaded(o agent.Origin) int {
	s.visitors.mu.Lock()
	defer s.visitors.mu.Unlock()
	if site := s.visitors.sites[o]; site != nil {
		return site.uploaded
	}
	return 0
}
