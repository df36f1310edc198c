package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"qoltanba/cmd/refbank/desk"
)

type spectranetCommand struct {
	Issue       spectraIssue       `cmd:"" help:"Hand out a token, or a new one for the one before; prints serial number, start PIN and password."`
	Unlock      spectraUnlock      `cmd:"" help:"Read the seven digits under LOCK PIN from standard input; print the eight-digit code."`
	ResyncLocks spectraResyncLocks `cmd:"" help:"Read two lock numbers, one after the other, of a token that is far ahead; print the code for the second."`
	ResyncClock spectraResyncClock `cmd:"" help:"Read two codes, one after the other, of a token whose clock is wrong."`
	Block       spectraBlock       `cmd:"" help:"Block a client's token for ever, at once."`
	Show        spectraShow        `cmd:"" help:"Show what the bank knows of a client's token."`
}

type mobipassCommand struct {
	Issue mobiIssue `cmd:"" help:"Make an envelope \"Код активации Mobipass\", or a new one for the one before."`
	Block mobiBlock `cmd:"" help:"Block a client's MobiPass for ever, at once."`
	Show  mobiShow  `cmd:"" help:"Show what the bank knows of a client's MobiPass."`
}

// ownerFlags are what the clerk found out about the person who asks.
type ownerFlags struct {
	Identified string `required:"" enum:"phone,branch" placeholder:"HOW" help:"How the owner was identified: by the code for the telephone bank, or in the branch (${enum})."`
	IIN        string `name:"iin" required:"" placeholder:"NUMBER" help:"The person's number, as told or shown."`
}

func (o ownerFlags) owner() desk.Owner { return desk.Owner{How: o.Identified, IIN: o.IIN} }

// clientFlag is whose device it is.
type clientFlag struct {
	User string `placeholder:"ID" help:"User ID of the client. Default: the demo client."`
}

func (c clientFlag) id() string {
	if c.User == "" {
		return desk.DemoClient().UserID
	}
	return c.User
}

type spectraIssue struct {
	clientFlag
	ownerFlags
	File string `required:"" type:"path" placeholder:"PATH" help:"New PSKC file for the token."`
}

// Run prints one thing a line with its value. The password goes to the client apart
// from the file.
func (c spectraIssue) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		t, err := d.IssueSpectra(ctx, c.id(), c.owner(), c.File)
		if err != nil {
			return err
		}
		fmt.Printf("user-id %s\nserial %s\nstart-pin %s\npskc-file %s\npassword %s\n", c.id(), t.Serial, t.StartPIN, c.File, t.Password)
		return nil
	})
}

// serialFlags are which token, and for whom.
type serialFlags struct {
	Serial string `required:"" placeholder:"NUMBER" help:"Serial number on the token's back."`
	ownerFlags
}

// take checks the owner, and then only reads what the person tells from the display.
func (c serialFlags) take(ctx context.Context, d desk.Desk, prompts ...string) ([]string, error) {
	if err := d.CheckOwner(ctx, c.Serial, c.owner()); err != nil {
		return nil, err
	}
	in := bufio.NewScanner(os.Stdin)
	numbers := make([]string, 0, len(prompts))
	for _, prompt := range prompts {
		fmt.Fprint(os.Stderr, prompt, ": ")
		if !in.Scan() {
			return nil, errors.Join(errors.New("a number is missing"), in.Err())
		}
		numbers = append(numbers, strings.Join(strings.Fields(in.Text()), ""))
	}
	return numbers, nil
}

type spectraUnlock struct{ serialFlags }

// Run prints "unlock-code" and the code.
func (c spectraUnlock) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		numbers, err := c.take(ctx, d, "number under LOCK PIN")
		if err != nil {
			return err
		}
		code, err := d.Unlock(ctx, c.Serial, c.owner(), numbers[0])
		if err != nil {
			return err
		}
		fmt.Println("unlock-code", code)
		return nil
	})
}

type spectraResyncLocks struct{ serialFlags }

// Run prints "unlock-code" and the code.
func (c spectraResyncLocks) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		numbers, err := c.take(ctx, d, "number under LOCK PIN", "number after three wrong unlock codes")
		if err != nil {
			return err
		}
		code, err := d.ResyncLocks(ctx, c.Serial, c.owner(), numbers[0], numbers[1])
		if err != nil {
			return err
		}
		fmt.Println("unlock-code", code)
		return nil
	})
}

type spectraResyncClock struct{ serialFlags }

// Run prints "drift" and by how many half minutes the token is ahead.
func (c spectraResyncClock) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		numbers, err := c.take(ctx, d, "code", "next code")
		if err != nil {
			return err
		}
		drift, err := d.ResyncClock(ctx, c.Serial, c.owner(), numbers[0], numbers[1])
		if err != nil {
			return err
		}
		fmt.Println("drift", drift)
		return nil
	})
}

type spectraBlock struct{ clientFlag }

// Run prints "blocked" and the serial number.
func (c spectraBlock) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		serial, err := d.BlockSpectra(ctx, c.id())
		if err != nil {
			return err
		}
		fmt.Println("blocked", serial)
		return nil
	})
}

type spectraShow struct{ clientFlag }

// Run prints one thing a line with its value.
func (c spectraShow) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		t, err := d.Store.SpectraTokenOf(ctx, c.id())
		if err != nil {
			return err
		}
		fmt.Printf("serial %s\nissued %s\nblocked %t\nwrong-codes %d\ndrift %d\nlocks %d\nlock-misfits %d\n",
			t.Serial, t.Issued.Format(time.RFC3339), t.Codes.Blocked, t.Codes.Wrong, t.Codes.Drift, t.Locks.Count, t.Locks.Misfits)
		return nil
	})
}

type mobiIssue struct {
	clientFlag
	ownerFlags
}

// Run prints what is in the envelope, one thing a line with its value.
func (c mobiIssue) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		m, err := d.IssueMobiPass(ctx, c.id(), c.owner())
		if err != nil {
			return err
		}
		fmt.Printf("Код активации Mobipass\nuser-id %s\nenvelope %s\n", c.id(), m.Envelope)
		for i, part := range m.Parts {
			fmt.Printf("part-%d %s\n", i+1, part)
		}
		return nil
	})
}

type mobiBlock struct{ clientFlag }

// Run prints "blocked" and the number of the envelope.
func (c mobiBlock) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		envelope, err := d.BlockMobiPass(ctx, c.id())
		if err != nil {
			return err
		}
		fmt.Println("blocked", envelope)
		return nil
	})
}

type mobiShow struct{ clientFlag }

// Run prints one thing a line with its value.
func (c mobiShow) Run(ctx context.Context, f folder) error {
	return f.at(ctx, func(d desk.Desk) error {
		m, err := d.Store.MobiPassOf(ctx, c.id())
		if err != nil {
			return err
		}
		fmt.Printf("envelope %s\nissued %s\nblocked %t\nwrong-values %d\ncode-numbers %d\n",
			m.Envelope, m.Issued.Format(time.RFC3339), m.State.Blocked, m.State.Wrong, m.State.Issued)
		return nil
	})
}
