package desk_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/cmd/refbank/desk"
	"qoltanba/cmd/refbank/store"
)

// wrongCodes sends so many, each for another User ID and from another address.
func wrongCodes(t *testing.T, d desk.Desk, from string, n int) {
	t.Helper()
	for i := range n {
		l := store.CodeLogin{UserID: fmt.Sprint("user ", from, i), Code: "none", Caller: fmt.Sprint(from, i)}
		if _, err := d.Store.LoginByCode(t.Context(), l, time.Now()); !errors.Is(err, store.ErrCode) {
			t.Fatalf("LoginByCode(wrong) = %v, want ErrCode", err)
		}
	}
}

// TestGuessing has somebody try one code for each of many User IDs, each from another
// address, so that no count of the throttle sees more than one.
func TestGuessing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		demand := func(when string, count int, want bool) {
			t.Helper()
			got, _, guessing, err := d.Guessing(t.Context())
			if err != nil || got != count || guessing != want {
				t.Errorf("%s: Guessing = %d %v, %v, want %d %v", when, got, guessing, err, count, want)
			}
		}
		demand("at the beginning", 0, false)
		wrongCodes(t, d, "a", desk.ManyWrongCodes)
		demand("with as many as people mistype", desk.ManyWrongCodes, false)
		time.Sleep(2 * time.Hour)
		wrongCodes(t, d, "b", 1)
		demand("with one more, later", desk.ManyWrongCodes, false)
		wrongCodes(t, d, "c", desk.ManyWrongCodes)
		demand("with too many in an hour", desk.ManyWrongCodes+1, true)
		time.Sleep(6 * 24 * time.Hour)
		demand("when the clerk comes back", desk.ManyWrongCodes+1, true)
		time.Sleep(2 * 24 * time.Hour)
		demand("a week later", 0, false)
	})
}

func TestEndWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, user := newDesk(t), desk.DemoClient().UserID
		for range 5 {
			if _, err := d.Store.LoginByCode(t.Context(), store.CodeLogin{UserID: user, Code: "none", Caller: "home"}, time.Now()); !errors.Is(err, store.ErrCode) {
				t.Fatal(err)
			}
		}
		for name, test := range map[string]struct {
			user  string
			owner desk.Owner
			want  error
		}{
			"nobody looked":  {user, desk.Owner{IIN: owner.IIN}, desk.ErrOwner},
			"another person": {user, desk.Owner{How: desk.Phone, IIN: "900101300459"}, desk.ErrOwner},
			"nobody":         {"nobody", owner, store.ErrNotFound},
		} {
			if ended, err := d.EndWait(t.Context(), test.user, "home", test.owner); !errors.Is(err, test.want) || len(ended) > 0 {
				t.Errorf("%s: EndWait = %v, %v, want %v", name, ended, err, test.want)
			}
		}
		if list, err := d.Store.Waits(t.Context(), user, "", time.Now()); err != nil || len(list) != 3 {
			t.Errorf("Waits = %+v, %v, want that all are there", list, err)
		}
		if ended, err := d.EndWait(t.Context(), user, "home", owner); err != nil || len(ended) != 3 {
			t.Errorf("EndWait = %+v, %v, want all three", ended, err)
		}
		if list, err := d.Store.Waits(t.Context(), user, "home", time.Now()); err != nil || len(list) != 0 {
			t.Errorf("Waits afterwards = %+v, %v, want none", list, err)
		}
	})
}
