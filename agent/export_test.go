package agent

import "qoltanba/agent/otp"

// SetGeneratorCost makes a try of a PIN cheaper in new records, until restore.
func SetGeneratorCost(c otp.Cost) (restore func()) {
	before := testOnlyGeneratorCost
	testOnlyGeneratorCost = c
	return func() { testOnlyGeneratorCost = before }
}
