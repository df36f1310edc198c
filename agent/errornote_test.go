package agent_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"qoltanba/agent"
)

// An error keeps over a pipe all that somebody decides by.
func TestErrorNote(t *testing.T) {
	over := func(err error) error {
		data, jsonErr := json.Marshal(agent.NoteError(err))
		if jsonErr != nil {
			t.Fatal(jsonErr)
		}
		var n *agent.ErrorNote
		if err := json.Unmarshal(data, &n); err != nil {
			t.Fatal(err)
		}
		return n.Err()
	}
	if err := over(nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	for _, err := range agent.Sentinels() {
		if got := over(fmt.Errorf("doing: %w", err)); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
	for _, e := range []*agent.PINError{{Retries: 2}, {Retries: agent.RetriesLow, Admin: true}} {
		got, ok := errors.AsType[*agent.PINError](over(fmt.Errorf("doing: %w", e)))
		if !ok || !reflect.DeepEqual(got, e) {
			t.Errorf("%+v became %+v", e, got)
		}
	}
	for _, e := range []*agent.RejectedError{{Text: "Договор №17 не действует"}, {}} {
		got, ok := errors.AsType[*agent.RejectedError](over(fmt.Errorf("doing: %w", e)))
		if !ok || !reflect.DeepEqual(got, e) {
			t.Errorf("%+v became %+v", e, got)
		}
	}
	for _, e := range []*agent.OtherBankError{{Host: "ca.refbank.test"}, {}} {
		got, ok := errors.AsType[*agent.OtherBankError](over(fmt.Errorf("doing: %w", e)))
		if !ok || !reflect.DeepEqual(got, e) {
			t.Errorf("%+v became %+v", e, got)
		}
	}
	for _, e := range []*agent.RenewalRefusedError{{Serial: "0A1B"}, {}} {
		got, ok := errors.AsType[*agent.RenewalRefusedError](over(fmt.Errorf("doing: %w", e)))
		if !ok || !reflect.DeepEqual(got, e) {
			t.Errorf("%+v became %+v", e, got)
		}
	}
	for _, e := range []*agent.ManyTriesError{{After: 31 * time.Second}, {}} {
		got, ok := errors.AsType[*agent.ManyTriesError](over(fmt.Errorf("doing: %w", e)))
		if !ok || !reflect.DeepEqual(got, e) {
			t.Errorf("%+v became %+v", e, got)
		}
	}
	both := over(fmt.Errorf("formatting: %w: %w", agent.ErrFormatErased, agent.ErrTokenLost))
	if !errors.Is(both, agent.ErrFormatErased) || !errors.Is(both, agent.ErrTokenLost) || agent.ErrorName(both) != "format-erased" {
		t.Errorf("two sentinels became %v, named %q", both, agent.ErrorName(both))
	}
	if got := over(errors.New("secret detail")); got == nil || agent.ErrorName(got) != "" {
		t.Errorf("an error without a name became %v", got)
	}
}
