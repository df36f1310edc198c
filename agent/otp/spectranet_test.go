package otp_test

import (
	"fmt"
	"strings"
	"testing"

	"qoltanba/agent/otp"
)

var spectraScreens = map[string]otp.SpectraScreen{
	"off": otp.SpectraOff, "pin": otp.SpectraPIN, "fail": otp.SpectraFail, "code": otp.SpectraCode, "new": otp.SpectraNewPIN,
	"conf": otp.SpectraConfirm, "done": otp.SpectraChanged, "lock": otp.SpectraLockNumber, "open": otp.SpectraUnlock, "bad": otp.SpectraUnlockFail,
}

// spectraTable has a row for each state and a column for each event. A state is
// screen and digits entered, then the wrong PINs, the wrong unlock codes and the lock
// numbers done with. "=" is the same state, "off" is off with the same counts.
const spectraTable = `
from       power      clear      hold       digit      idle  right      wrong
off.000    pin0.000   =          =          =          =     =          =
off.100    fail.100   =          =          =          =     =          =
off.200    fail.200   =          =          =          =     =          =
off.300    lock.300   =          =          =          =     =          =
off.310    lock.310   =          =          =          =     =          =
off.320    lock.320   =          =          =          =     =          =
off.330    lock.301   =          =          =          =     =          =
pin0.000   off        =          =          pin1.000   off   =          =
pin1.000   off        pin0.000   =          pin2.000   off   =          =
pin2.000   off        pin0.000   =          pin3.000   off   =          =
pin3.000   off        pin0.000   =          pin4.100   off   =          =
pin4.100   off        =          =          =          off   code.000   fail.100
fail.100   off        pin0.100   =          =          off   =          =
pin0.100   off        =          =          pin1.100   off   =          =
pin1.100   off        pin0.100   =          pin2.100   off   =          =
pin2.100   off        pin0.100   =          pin3.100   off   =          =
pin3.100   off        pin0.100   =          pin4.200   off   =          =
pin4.200   off        =          =          =          off   code.000   fail.200
fail.200   off        pin0.200   =          =          off   =          =
pin0.200   off        =          =          pin1.200   off   =          =
pin1.200   off        pin0.200   =          pin2.200   off   =          =
pin2.200   off        pin0.200   =          pin3.200   off   =          =
pin3.200   off        pin0.200   =          pin4.300   off   =          =
pin4.300   off        =          =          =          off   code.000   fail.300
fail.300   off        =          =          =          off   =          =
code.000   off        =          new0.000   =          off   =          =
new0.000   off        =          =          new1.000   off   =          =
new1.000   off        new0.000   =          new2.000   off   =          =
new2.000   off        new0.000   =          new3.000   off   =          =
new3.000   off        new0.000   =          new4.000   off   =          =
new4.000   off        =          =          =          off   conf0.000  new0.000
conf0.000  off        =          =          conf1.000  off   =          =
conf1.000  off        conf0.000  =          conf2.000  off   =          =
conf2.000  off        conf0.000  =          conf3.000  off   =          =
conf3.000  off        conf0.000  =          conf4.000  off   =          =
conf4.000  off        =          =          =          off   done.000   new0.000
done.000   off        code.000   =          =          off   =          =
lock.300   off        open0.300  =          =          off   =          =
lock.310   off        open0.310  =          =          off   =          =
lock.320   off        open0.320  =          =          off   =          =
open0.300  off        =          =          open1.300  off   =          =
open1.300  off        open0.300  =          open2.300  off   =          =
open2.300  off        open0.300  =          open3.300  off   =          =
open3.300  off        open0.300  =          open4.300  off   =          =
open4.300  off        open0.300  =          open5.300  off   =          =
open5.300  off        open0.300  =          open6.300  off   =          =
open6.300  off        open0.300  =          open7.300  off   =          =
open7.300  off        open0.300  =          open8.310  off   =          =
open8.310  off        =          =          =          off   new0.300   bad.310
bad.310    off        open0.310  =          =          off   =          =
open0.310  off        =          =          open1.310  off   =          =
open1.310  off        open0.310  =          open2.310  off   =          =
open2.310  off        open0.310  =          open3.310  off   =          =
open3.310  off        open0.310  =          open4.310  off   =          =
open4.310  off        open0.310  =          open5.310  off   =          =
open5.310  off        open0.310  =          open6.310  off   =          =
open6.310  off        open0.310  =          open7.310  off   =          =
open7.310  off        open0.310  =          open8.320  off   =          =
open8.320  off        =          =          =          off   new0.300   bad.320
bad.320    off        open0.320  =          =          off   =          =
open0.320  off        =          =          open1.320  off   =          =
open1.320  off        open0.320  =          open2.320  off   =          =
open2.320  off        open0.320  =          open3.320  off   =          =
open3.320  off        open0.320  =          open4.320  off   =          =
open4.320  off        open0.320  =          open5.320  off   =          =
open5.320  off        open0.320  =          open6.320  off   =          =
open6.320  off        open0.320  =          open7.320  off   =          =
open7.320  off        open0.320  =          open8.330  off   =          =
open8.330  off        =          =          =          off   new0.300   bad.330
bad.330    off        lock.301   =          =          off   =          =
new0.300   off        =          =          new1.300   off   =          =
new1.300   off        new0.300   =          new2.300   off   =          =
new2.300   off        new0.300   =          new3.300   off   =          =
new3.300   off        new0.300   =          new4.300   off   =          =
new4.300   off        =          =          =          off   conf0.300  new0.300
conf0.300  off        =          =          conf1.300  off   =          =
conf1.300  off        conf0.300  =          conf2.300  off   =          =
conf2.300  off        conf0.300  =          conf3.300  off   =          =
conf3.300  off        conf0.300  =          conf4.300  off   =          =
conf4.300  off        =          =          =          off   done.001   new0.300
`

func spectraState(t testing.TB, text string) (s otp.SpectraState) {
	t.Helper()
	name, counts, ok := strings.Cut(text, ".")
	word := strings.TrimRight(name, "0123456789")
	screen, known := spectraScreens[word]
	if !ok || !known || len(counts) != 3 {
		t.Fatalf("state %q", text)
	}
	s.Screen = screen
	if word != name {
		s.Entered = int(name[len(name)-1] - '0')
	}
	s.Fails, s.UnlockFails, s.Locks = int(counts[0]-'0'), int(counts[1]-'0'), uint64(counts[2]-'0')
	return s
}

// TestSpectraTable shows S16 S17 S20 S22 S23 S24 S25 S31 S32 S33 S34 S36 S37 S38 S40
// S42 S44 S46 S47 S48 S56 S57 S58 S59 S60 S61 S65 as transitions.
func TestSpectraTable(t *testing.T) {
	events := []otp.SpectraEvent{otp.SpectraPower, otp.SpectraClear, otp.SpectraHold, otp.SpectraDigit, otp.SpectraIdle, otp.SpectraRight, otp.SpectraWrong}
	rows := strings.Split(strings.TrimSpace(spectraTable), "\n")[1:]
	in := make(map[otp.SpectraState]bool)
	for _, row := range rows {
		f := strings.Fields(row)
		from := spectraState(t, f[0])
		in[from] = true
		for i, e := range events {
			want := from
			switch f[i+1] {
			case "=":
			case "off":
				want.Screen, want.Entered = otp.SpectraOff, 0
			default:
				want = spectraState(t, f[i+1])
			}
			if got := from.Next(e); got != want {
				t.Errorf("%s, event %d: %+v, want %+v", f[0], e, got, want)
			}
			// The start PIN changes two cells: a right PIN leads to NEW PIN (S29), and a
			// confirmed new PIN ends it.
			from, want := from, want
			from.MustChange, want.MustChange = true, true
			switch {
			case want.Screen == otp.SpectraCode && from.Screen == otp.SpectraPIN:
				want.Screen = otp.SpectraNewPIN
			case want.Screen == otp.SpectraChanged && from.Screen == otp.SpectraConfirm:
				want.MustChange = false
			}
			if got := from.Next(e); got != want {
				t.Errorf("%s with the start PIN, event %d: %+v, want %+v", f[0], e, got, want)
			}
		}
	}
	// The states that can be reached are those of the table, lock numbers aside.
	reached := map[otp.SpectraState]bool{{}: true}
	for queue := []otp.SpectraState{{}}; len(queue) > 0; queue = queue[1:] {
		for _, e := range events {
			next := queue[0].Next(e)
			next.Locks = 0
			if !in[next] {
				t.Errorf("%+v is not in the table", next)
			}
			if !reached[next] {
				reached[next] = true
				queue = append(queue, next)
			}
		}
	}
	if len(reached) != len(rows) {
		t.Errorf("%d states reached, %d in the table", len(reached), len(rows))
	}
}

// Whatever a damaged or foreign record held, the machine goes on.
func TestSpectraTotal(t *testing.T) {
	for screen := range otp.SpectraScreen(12) {
		for entered := -1; entered < 10; entered++ {
			for fails := range 6 {
				for unlock := range 6 {
					s := otp.SpectraState{Screen: screen, Entered: entered, Fails: fails, UnlockFails: unlock}
					for e := range otp.SpectraEvent(9) {
						if got := s.Next(e); s.Locked() && !got.Locked() && (screen != otp.SpectraPIN && screen != otp.SpectraConfirm || e != otp.SpectraRight) {
							t.Fatalf("%+v, event %d: %+v is not locked any more", s, e, got)
						}
					}
				}
			}
		}
	}
}

func TestSpectraDisplay(t *testing.T) {
	for state, want := range map[string]string{
		"off.000": "|", "pin0.000": "PIN|----", "pin1.000": "PIN|_---", "pin3.100": "PIN|___-", "pin4.100": "PIN|____", "fail.100": "FAIL1|", "fail.200": "FAIL2|",
		"fail.300": "FAIL3|", "code.000": "|042137", "new0.000": "NEW PIN|----", "new2.000": "NEW PIN|__--", "conf0.000": "PIN-CONF|----", "conf3.000": "PIN-CONF|___-",
		"done.000": "NEW-PIN-CONF|", "lock.300": "LOCK PIN|1234567", "open0.300": "LOCK PIN|--------", "open8.310": "LOCK PIN|________",
		"bad.310": "FAIL1|", "bad.320": "FAIL2|", "bad.330": "FAIL3|",
	} {
		t.Run("S20 S21 S31 S33 S37 S40 S45 S46 S47 S56 S58 "+state, func(t *testing.T) {
			label, field := spectraState(t, state).Display("042137", "1234567")
			if got := fmt.Sprint(label, "|", field); got != want {
				t.Errorf("Display = %q, want %q", got, want)
			}
		})
	}
}
