package bridge

import "qoltanba/agent"

// Held is the number of bytes that count as held for an origin.
func (s *Server) Held(o agent.Origin) int {
	s.visitors.mu.Lock()
	defer s.visitors.mu.Unlock()
	if site := s.visitors.sites[o]; site != nil {
		return site.held
	}
	return 0
}

// Fill takes an origin's room for what is kept, but for so many bytes.
func (s *Server) Fill(o agent.Origin, but int) {
	s.visitors.mu.Lock()
	defer s.visitors.mu.Unlock()
	s.visitors.sites[o].held = maxKeptOf - but
}

// Unsent are the errors that no page is told by name.
var Unsent = unsent
