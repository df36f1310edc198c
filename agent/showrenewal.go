package agent

import (
	"context"
	"fmt"
	"slices"
)

// ShowRenewal has a profile's certificate renewed and shows the new one in the token
// panel, until that is closed or ctx ends. It returns at once with ErrNoToken or
// ErrNoEnrollment when the renewal is not offered, and with nil while its question for a
// password, or that of ChangePIN, is open.
func (a *Agent) ShowRenewal(ctx context.Context, p ProfileID) error {
	all := a.Status().Profiles
	i := slices.IndexFunc(all, func(q Profile) bool { return q.ID == p })
	switch {
	case i < 0:
		return fmt.Errorf("renewing a certificate: %w", ErrNoToken)
	case !all[i].Renewable:
		return fmt.Errorf("renewing a certificate: %w", ErrNoEnrollment)
	}
	asked, err := a.askOnce(func() error { return a.Renew(ctx, p) })
	if !asked || err != nil {
		return err
	}
	return a.ShowToken(ctx, PageCertificate, p.Token)
}

// askOnce runs f, which asks for a password to renew a certificate or to change that
// password, and tells whether it did: while one such question is open there is no second,
// however often a person presses.
func (a *Agent) askOnce(f func() error) (asked bool, err error) {
	a.mu.Lock()
	asked, a.asking = !a.asking, true
	a.mu.Unlock()
	if !asked {
		return false, nil
	}
	a.announce()
	defer func() {
		a.mu.Lock()
		a.asking = false
		a.mu.Unlock()
		a.announce()
	}()
	return true, f()
}
