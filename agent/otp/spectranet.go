package otp

import (
	"fmt"
	"strings"
)

// SpectraScreen is what the display of a SpectraNet token shows.
type SpectraScreen byte

// The screens, in the order in which one meets them. Line numbers are those of the
// UniCredit SpectraNet token guide.
const (
	SpectraOff        SpectraScreen = iota // nothing
	SpectraPIN                             // PIN ---- (L11)
	SpectraFail                            // FAIL1, FAIL2, FAIL3 (L14, L16)
	SpectraCode                            // the six digits (L13)
	SpectraNewPIN                          // NEW PIN ---- (L20)
	SpectraConfirm                         // PIN-CONF ---- (L20)
	SpectraChanged                         // NEW-PIN-CONF (L20)
	SpectraLockNumber                      // LOCK PIN and seven digits (L22)
	SpectraUnlock                          // LOCK PIN -------- (L26)
	SpectraUnlockFail                      // FAIL1… for an unlock code (L30)
)

// UnlockLen is the length of an unlock code (L25).
const UnlockLen = 8

// SpectraTries is how many wrong PINs in a row lock a token (L16), and how many
// wrong unlock codes make it show another lock number.
const SpectraTries = 3

// SpectraEvent is a key of the token, the end of two idle minutes, or the verdict
// about an entry that is complete.
type SpectraEvent byte

// The events.
const (
	SpectraPower SpectraEvent = iota // the token is switched on or off (L5)
	SpectraClear                     // the button, pressed shortly (L12, L14, L26)
	SpectraHold                      // the button, held for 2 seconds or more (L19)
	SpectraDigit                     // a digit; which one is not the machine's affair
	SpectraIdle                      // two minutes without a key (L6)
	SpectraRight                     // the complete entry is right
	SpectraWrong                     // the complete entry is wrong
)

// SpectraState is the state of a SpectraNet token. It holds no secret: not the
// digits that were entered, only how many.
//
// Fails, UnlockFails, Locks and MustChange outlive the power. A try is counted by
// the last digit of an entry, before there is a verdict: whoever runs the machine
// writes the new state to the disk first and compares then, so that a program that
// is killed at any moment has never had a try for nothing.
type SpectraState struct {
	Screen      SpectraScreen
	Entered     int    // digits of the entry; a complete one waits for its verdict
	Fails       int    // wrong PINs in a row; SpectraTries mean locked
	UnlockFails int    // wrong unlock codes for this lock number
	Locks       uint64 // how many lock numbers were done with
	MustChange  bool   // the start PIN is still set and leads to NEW PIN (L9)
}

// Want is how many digits the screen takes, or 0.
func (s SpectraState) Want() int {
	switch s.Screen {
	case SpectraPIN, SpectraNewPIN, SpectraConfirm:
		return PINLen
	case SpectraUnlock:
		return UnlockLen
	}
	return 0
}

// Due tells that the entry is complete and the machine waits for SpectraRight or
// SpectraWrong. Until then keys do nothing, except that the token can go off.
func (s SpectraState) Due() bool { return s.Want() > 0 && s.Entered >= s.Want() }

// Locked tells that three wrong PINs were entered. It stays so until a new PIN was
// confirmed after an unlock code (L28).
func (s SpectraState) Locked() bool { return s.Fails >= SpectraTries }

// Next is the state after e.
func (s SpectraState) Next(e SpectraEvent) SpectraState {
	switch {
	case e == SpectraIdle, e == SpectraPower && s.Screen != SpectraOff:
		return s.show(SpectraOff)
	case e == SpectraPower:
		return s.wake()
	case s.Due() && e == SpectraRight:
		return s.right()
	case s.Due() && e == SpectraWrong:
		return s.wrong()
	case s.Due():
		return s
	case e == SpectraDigit:
		return s.digit()
	case e == SpectraClear:
		return s.clear()
	case e == SpectraHold && s.Screen == SpectraCode: // L19
		return s.show(SpectraNewPIN)
	}
	return s
}

func (s SpectraState) show(screen SpectraScreen) SpectraState {
	s.Screen, s.Entered = screen, 0
	return s
}

func (s SpectraState) wake() SpectraState {
	switch {
	case s.Locked() && s.UnlockFails >= SpectraTries: // also when switched off at FAIL3
		return s.nextNumber()
	case s.Locked(): // L22
		return s.show(SpectraLockNumber)
	case s.Fails > 0: // L15: switching off and on does not clear the message
		return s.show(SpectraFail)
	}
	return s.show(SpectraPIN) // L11
}

// nextNumber makes the lock number void, and with it its unlock code.
func (s SpectraState) nextNumber() SpectraState {
	s.Locks++
	s.UnlockFails = 0
	return s.show(SpectraLockNumber)
}

func (s SpectraState) digit() SpectraState {
	if s.Want() == 0 {
		return s
	}
	s.Entered++
	switch {
	case s.Due() && s.Screen == SpectraPIN:
		s.Fails = min(s.Fails+1, SpectraTries)
	case s.Due() && s.Screen == SpectraUnlock:
		s.UnlockFails = min(s.UnlockFails+1, SpectraTries)
	}
	return s
}

func (s SpectraState) clear() SpectraState {
	switch s.Screen {
	case SpectraPIN, SpectraNewPIN, SpectraConfirm, SpectraUnlock: // L12, L27
		s.Entered = 0
	case SpectraFail: // L14; after the third no key but power does anything (L16)
		if !s.Locked() {
			return s.show(SpectraPIN)
		}
	case SpectraUnlockFail: // L30; the source is silent on what follows FAIL1
		if s.UnlockFails >= SpectraTries {
			return s.nextNumber()
		}
		return s.show(SpectraUnlock)
	case SpectraLockNumber: // L26
		return s.show(SpectraUnlock)
	case SpectraChanged: // the source is silent
		return s.show(SpectraCode)
	}
	return s
}

func (s SpectraState) right() SpectraState {
	switch s.Screen {
	case SpectraPIN: // L13
		s.Fails = 0
		if s.MustChange { // L9 "auf jeden Fall"
			return s.show(SpectraNewPIN)
		}
		return s.show(SpectraCode)
	case SpectraNewPIN: // L20: after the fourth digit
		return s.show(SpectraConfirm)
	case SpectraUnlock: // L28: the token stays locked until a new PIN is confirmed
		s.UnlockFails = 0
		return s.show(SpectraNewPIN)
	}
	// SpectraConfirm (L20, L29)
	if s.Locked() {
		s.Locks++
	}
	s.Fails, s.UnlockFails, s.MustChange = 0, 0, false
	return s.show(SpectraChanged)
}

func (s SpectraState) wrong() SpectraState {
	switch s.Screen {
	case SpectraPIN: // L14, L16
		return s.show(SpectraFail)
	case SpectraUnlock: // L30
		return s.show(SpectraUnlockFail)
	}
	return s.show(SpectraNewPIN) // a bad new PIN, or a repetition that differs
}

// kept is the part of the state that outlives the power.
func (s SpectraState) kept() SpectraState {
	return SpectraState{Fails: s.Fails, UnlockFails: s.UnlockFails, Locks: s.Locks, MustChange: s.MustChange}
}

// Display is what the two lines of the token show. code is the one-time code and
// number the lock number; each is shown by its screen only.
func (s SpectraState) Display(code, number string) (label, field string) {
	switch s.Screen {
	case SpectraPIN:
		return "PIN", s.places()
	case SpectraFail:
		return fmt.Sprint("FAIL", s.Fails), ""
	case SpectraCode:
		return "", code
	case SpectraNewPIN:
		return "NEW PIN", s.places()
	case SpectraConfirm:
		return "PIN-CONF", s.places()
	case SpectraChanged:
		return "NEW-PIN-CONF", ""
	case SpectraLockNumber:
		return "LOCK PIN", number
	case SpectraUnlock:
		return "LOCK PIN", s.places()
	case SpectraUnlockFail:
		return fmt.Sprint("FAIL", s.UnlockFails), ""
	}
	return "", ""
}

// places is one sign for each digit: "-" while it is missing, "_" when it is there
// (L11). The digit itself is never shown.
func (s SpectraState) places() string {
	return strings.Repeat("_", s.Entered) + strings.Repeat("-", max(0, s.Want()-s.Entered))
}
