package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"qoltanba/agent"
	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

type loginsCommand struct {
	Show    loginsShow    `cmd:"" help:"Show the wrong codes that are counted against a client's logins, and who waits for them."`
	EndWait loginsEndWait `cmd:"" help:"Forgive them, for a client who was identified: who waits may log in at once."`
}

// senderFlag is from where somebody logs in.
type senderFlag struct {
	From string `placeholder:"ADDRESS" help:"Internet address from which the client logs in, which others may share: also what is counted there for all User IDs."`
}

// caller is by what wrong codes from there are counted, "" for no address.
func (f senderFlag) caller() (string, error) {
	if f.From == "" {
		return "", nil
	}
	ip, err := netip.ParseAddr(f.From)
	if network, isNetwork := netip.ParsePrefix(f.From); isNetwork == nil { // as "show" prints it
		ip, err = network.Addr(), nil
	}
	if err != nil {
		return "", fmt.Errorf("the address %q: %w", f.From, agent.ErrInvalid)
	}
	return store.CallerOf(ip), nil
}

// printWaits prints a count a line, with the time until which nobody is looked at.
func printWaits(list []store.Wait) {
	for _, w := range list {
		whose, from, until := "all-users", "everywhere", ""
		if w.ForUser {
			whose = "user"
		}
		if w.Caller != "" {
			from = w.Caller
		}
		if !w.Until.IsZero() {
			until = " waits-until " + w.Until.Format(time.RFC3339)
		}
		fmt.Printf("%s from %s wrong-codes %d%s\n", whose, from, w.Failed, until)
	}
}

type loginsShow struct {
	clientFlag
	senderFlag
}

// Run prints the counts of the User ID, and of those who sent wrong codes for it; nothing
// when there are none.
func (c loginsShow) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		caller, err := c.caller()
		if err != nil {
			return err
		}
		list, err := d.Store.Waits(ctx, c.id(), caller, time.Now())
		if err != nil {
			return err
		}
		printWaits(list)
		return nil
	})
}

type loginsEndWait struct {
	clientFlag
	senderFlag
	ownerFlags
}

// Run prints the counts as they were.
func (c loginsEndWait) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		caller, err := c.caller()
		if err != nil {
			return err
		}
		ended, err := d.EndWait(ctx, c.id(), caller, c.owner())
		if err != nil {
			return err
		}
		printWaits(ended)
		return nil
	})
}

// at opens the bank for what the clerk does, who is warned first.
func (f folder) at(ctx context.Context, do func(desk.Desk) error) error {
	b, err := f.open(ctx)
	if err != nil {
		return err
	}
	d := desk.Desk{CA: b.ca, Primary: b.primary, Store: b.store}
	if err = warn(ctx, d); err == nil {
		err = do(d)
	}
	return errors.Join(err, b.store.Close())
}

// warn writes a line when somebody may be guessing codes. It goes to standard error, as
// standard output is for what a command answers.
func warn(ctx context.Context, d desk.Desk) error {
	count, end, guessing, err := d.Guessing(ctx)
	if err != nil || !guessing {
		return err
	}
	fmt.Fprintf(os.Stderr, "Somebody may be guessing codes across the bank: %d wrong ones for logins came in the hour before %s, "+
		"for all User IDs together. People who mistype make fewer than %d. Tell those who look after security.\n",
		count, end.Format(time.RFC3339), desk.ManyWrongCodes)
	return nil
}
