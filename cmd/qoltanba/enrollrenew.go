package main

import (
	"context"
	"fmt"
	"slices"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// renewCmd renews the certificate of a profile.
type renewCmd struct{ tokenFlag }

// Run renews a certificate at the running agent, or on its own. The password is asked
// for in this terminal.
func (c renewCmd) Run(ctx context.Context, e *env) error {
	t, err := openTerminal(e.lang)
	if err != nil {
		return err
	}
	defer t.close()
	work := func(status func() (agent.Status, error), renew func(agent.ProfileID) error) error {
		s, err := status()
		if err != nil {
			return err
		}
		if err := noToken(s); err != nil {
			return err
		}
		old, err := c.pick(e.lang, s.Profiles)
		if err != nil {
			return err
		}
		t.say("%s: %s\n", e.lang.T(text.Profile), profileLine(old))
		if err := renew(old.ID); err != nil {
			return err
		}
		if s, err = status(); err != nil {
			return err
		}
		fmt.Fprintln(e.out, e.lang.T(text.CLIRenewed, e.lang.Date(old.NotAfter), e.lang.Date(newest(s.Profiles, old).NotAfter)))
		return nil
	}
	return e.atAgent(ctx, t, nobody{}, func(c *controlClient) error {
		return work(func() (s agent.Status, err error) {
			return s, c.call(ctx, controlStatus, nil, &s)
		}, func(p agent.ProfileID) error { return c.call(ctx, controlRenew, p, nil) })
	}, func(b *body) error {
		return b.alone(ctx, func(ctx context.Context) error {
			client := b.agent.Local(t)
			defer client.Close()
			return work(func() (agent.Status, error) { return b.agent.Status(), nil },
				func(p agent.ProfileID) error { return client.Renew(ctx, p) })
		})
	})
}

// pick returns the profile that is meant: one whose certificate ends soon, if there is one.
// It need not be known yet where that is renewed: the agent finds out, or says that it
// cannot.
func (c renewCmd) pick(l text.Lang, all []agent.Profile) (agent.Profile, error) {
	all = slices.DeleteFunc(slices.Clone(all), func(p agent.Profile) bool { return c.Token != "" && p.ID.Token.Serial != c.Token })
	var fit []agent.Profile
	for _, fits := range []func(agent.Profile) bool{
		func(p agent.Profile) bool { return p.Renewable && p.Due() },
		agent.Profile.Due,
		func(p agent.Profile) bool { return p.Renewable },
	} {
		if len(fit) == 0 {
			fit = onePerKey(all, fits)
		}
	}
	switch len(fit) {
	case 0:
		return agent.Profile{}, saying(l.T(text.CLIRenewNone))
	case 1:
		return fit[0], nil
	}
	return agent.Profile{}, saying(l.T(text.CLIWhichToken))
}

// onePerKey lists the profiles that fit. While a renewal is not finished its key has two
// certificates, and is one profile here: that whose certificate ends last, of those that fit.
func onePerKey(all []agent.Profile, fits func(agent.Profile) bool) (one []agent.Profile) {
	all = slices.DeleteFunc(slices.Clone(all), func(p agent.Profile) bool { return !fits(p) })
	for _, p := range all {
		if !slices.ContainsFunc(one, func(o agent.Profile) bool { return sameKey(o, p) }) {
			one = append(one, newest(all, p))
		}
	}
	return one
}

func sameKey(a, b agent.Profile) bool {
	return a.ID.Token == b.ID.Token && a.ID.Key == b.ID.Key
}

// newest is the profile of p's key whose certificate ends last.
func newest(all []agent.Profile, p agent.Profile) agent.Profile {
	for _, o := range all {
		if sameKey(o, p) && o.NotAfter > p.NotAfter { // both in UTC, to the second
			p = o
		}
	}
	return p
}

// endsIn says when a profile's certificate ends, if that is soon.
func endsIn(l text.Lang, p agent.Profile) string {
	if p.Empty || p.Expired || p.NotAfter == "" || p.DaysLeft > agent.RenewalDue {
		return ""
	}
	s := l.N(text.CLIEndsIn, p.DaysLeft)
	if p.Renewable {
		s += ". " + l.T(text.CLIRenewWith)
	}
	return s
}
