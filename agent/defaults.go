package agent

// defaults says which PINs of a token are those of the factory, as far as was
// seen when they were accepted. The PINs themselves are not kept.
type defaults struct{ user, admin bool }

// noteDefault changes what is known of a token's PINs.
func (a *Agent) noteDefault(id TokenID, f func(*defaults)) {
	a.mu.Lock()
	was := a.defaults[id]
	n := was
	f(&n)
	a.defaults[id] = n
	a.mu.Unlock()
	if n != was {
		a.announce()
	}
}

// isPIN compares a PIN with a well-known one.
func isPIN(pin *Secret, known string) bool { return pin.Equal(NewSecret([]byte(known))) }
