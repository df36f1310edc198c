package otp_test

import (
	"strings"
	"testing"

	"qoltanba/agent/otp"
)

var mobiScreens = map[string]otp.MobiScreen{
	"closed": otp.MobiClosed, "menu0": otp.MobiMenuEmpty, "menu": otp.MobiMenu, "pin": otp.MobiPIN, "pin-differs": otp.MobiPINDiffers, "pin-bad": otp.MobiPINBad,
	"key": otp.MobiKey, "key-bad": otp.MobiKeyBad, "sign": otp.MobiSign, "result": otp.MobiResult, "change": otp.MobiChange, "differs": otp.MobiChangeDiffers,
	"bad": otp.MobiChangeBad, "changed": otp.MobiChanged, "delete": otp.MobiDelete, "help": otp.MobiHelp,
}

// mobiTable has a row for each page and a column for each event; "." stays there. A
// page ends with "+" when a key is stored.
const mobiTable = `
from         open   exit    back   next     differ       easy     part     save  sign   pin      erase    help   idle
closed       menu0  .       .      .        .            .        .        .     .      .        .        .      .
closed+      menu+  .       .      .        .            .        .        .     .      .        .        .      .
menu0        .      closed  .      .        .            .        .        pin   .      .        .        help   .
menu+        .      closed+ .      .        .            .        .        .     sign+  change+  delete+  help+  .
pin          .      .       menu0  key      pin-differs  pin-bad  .        .     .      .        .        .      .
pin-differs  .      .       pin    .        .            .        .        .     .      .        .        .      .
pin-bad      .      .       pin    .        .            .        .        .     .      .        .        .      .
key          .      .       menu0  menu+    .            .        key-bad  .     .      .        .        .      .
key-bad      .      .       key    .        .            .        .        .     .      .        .        .      .
sign+        .      .       menu+  result+  .            .        .        .     .      .        .        .      .
result+      .      .       .      menu+    .            .        .        .     .      .        .        .      menu+
change+      .      closed+ menu+  changed+ differs+     bad+     .        .     .      .        .        .      .
differs+     .      .       change+ .       .            .        .        .     .      .        .        .      .
bad+         .      .       change+ .       .            .        .        .     .      .        .        .      .
changed+     .      .       .      menu+    .            .        .        .     .      .        .        .      .
delete+      .      .       menu+  menu0    .            .        .        .     .      .        .        .      .
help         .      .       menu0  menu0    .            .        .        .     .      .        .        .      .
help+        .      .       menu+  menu+    .            .        .        .     .      .        .        .      .
`

// TestMobiTable shows M5 M6 M7 M8 M14 M22 M25 M27 M28 M36 M54 M55 M57 M58 M60 M61 M62
// M63 M67 M68 M71 as transitions. That there is no event for a wrong PIN is M30.
func TestMobiTable(t *testing.T) {
	state := func(text string) otp.MobiState {
		t.Helper()
		name, stored := strings.CutSuffix(text, "+")
		screen, ok := mobiScreens[name]
		if !ok {
			t.Fatalf("page %q", text)
		}
		return otp.MobiState{Screen: screen, Stored: stored}
	}
	rows := strings.Split(strings.TrimSpace(mobiTable), "\n")[1:]
	in := make(map[otp.MobiState]bool)
	for _, row := range rows {
		f := strings.Fields(row)
		from := state(f[0])
		in[from] = true
		if len(f) != int(otp.MobiIdle)+2 {
			t.Fatalf("row %s has %d cells", f[0], len(f))
		}
		for i, cell := range f[1:] {
			want := from
			if cell != "." {
				want = state(cell)
			}
			if got := from.Next(otp.MobiEvent(i)); got != want {
				t.Errorf("%s, event %d: %+v, want %+v", f[0], i, got, want)
			}
		}
	}
	reached := make(map[otp.MobiState]bool)
	for queue := []otp.MobiState{{}}; len(queue) > 0; queue = queue[1:] {
		if !in[queue[0]] {
			t.Errorf("%+v is not in the table", queue[0])
		}
		reached[queue[0]] = true
		for e := range otp.MobiIdle + 1 {
			if next := queue[0].Next(e); !reached[next] {
				reached[next] = true
				queue = append(queue, next)
			}
		}
	}
	if len(reached) != len(rows) {
		t.Errorf("%d states reached, %d in the table", len(reached), len(rows))
	}
	for screen := range otp.MobiScreen(20) { // total, also for what cannot be
		for e := range otp.MobiEvent(20) {
			otp.MobiState{Screen: screen}.Next(e)
		}
	}
}
