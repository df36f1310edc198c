package agent

import (
	"maps"
	"slices"

	"qoltanba/agent/otp"
)

// SetGeneratorCost makes a try of a PIN cheaper in new records, until restore.
func SetGeneratorCost(c otp.Cost) (restore func()) {
	before := testOnlyGeneratorCost
	testOnlyGeneratorCost = c
	return func() { testOnlyGeneratorCost = before }
}

// HeldCode returns what an open window of the code generators keeps of the code of a
// device whose keys are in a token: the message of the code key and its MAC, not copied.
func (a *Agent) HeldCode(device string) (over, sum []byte) {
	a.mu.Lock()
	desks := slices.Collect(maps.Keys(a.codeDesks))
	a.mu.Unlock()
	for _, g := range desks {
		d := g.find(device)
		if d == nil {
			continue
		}
		d.turn <- struct{}{}
		if d.held != nil {
			over, sum = d.held.over, d.held.sum
		}
		d.release()
	}
	return over, sum
}

// HeldPINs counts the PINs and passwords that open token panels and wizards hold.
func (a *Agent) HeldPINs() (n int) {
	for _, t := range a.openDesks() {
		t.mu.Lock()
		for _, k := range t.known {
			for _, pin := range []*Secret{k.user, k.admin, k.card, k.next} {
				if pin != nil {
					n++
				}
			}
		}
		t.mu.Unlock()
	}
	return n
}
