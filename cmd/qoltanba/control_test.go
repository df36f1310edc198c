package main

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"qoltanba/agent"
)

// A command tells of an error of the running agent all that it would tell of its own.
func TestControlErrors(t *testing.T) {
	for _, want := range []error{
		agent.ErrDenied,
		&agent.PINError{Retries: 2},
		&agent.PINError{Retries: 1, Admin: true},
		&agent.RenewalRefusedError{Serial: "0A1B"},
		&agent.ManyTriesError{After: 90 * time.Second},
		&agent.OtherBankError{Host: "ib.refbank.test"},
	} {
		sent := toWire(fmt.Errorf("renewing: %w", want))
		if sent == nil || sent.Message != agent.ErrorName(want) {
			t.Errorf("toWire(%v) = %+v", want, sent)
			continue
		}
		got := fromWire(sent)
		if !errors.Is(got, want) && !reflect.DeepEqual(got, want) {
			t.Errorf("%#v arrives as %#v", want, got)
		}
	}
	if sent := toWire(errors.New("nothing for others")); sent != nil {
		t.Errorf("toWire of an error without a name = %+v, want nil", sent)
	}
}
