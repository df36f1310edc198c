package ui

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

const (
	testSerial = "4077132209"
	startPIN   = "2580"
)

// spectraToken is a real token in memory, with a step for each action as the agent
// counts them.
type spectraToken struct {
	t     *testing.T
	d     *otp.Spectra
	keys  otp.SpectraKeys
	steps int
}

func newSpectraToken(t *testing.T, force bool) *spectraToken {
	t.Helper()
	seed := []byte(strings.Repeat("k", 32))
	lock, unlock, err := otp.DeriveSpectra(seed, testSerial)
	if err != nil {
		t.Fatal(err)
	}
	store, deviceKey := &otp.MemStore{}, make([]byte, otp.DeviceKeyLen)
	err = otp.CreateSpectra(store, deviceKey, otp.SpectraIssue{Serial: testSerial, Hash: crypto.SHA256, Code: seed,
		Lock: lock, Unlock: unlock, StartPIN: []byte(startPIN), Cost: otp.Cost{Time: 1, Memory: 8, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := otp.OpenSpectra(store, deviceKey, otp.SpectraKeys{}, force)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	keys, wipe, err := otp.SeedKeys(crypto.SHA256, seed, testSerial)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wipe)
	return &spectraToken{t: t, d: d, keys: keys}
}

func (s *spectraToken) view() agent.GeneratorView {
	label, field, err := s.d.Display(time.Now())
	if err != nil {
		s.t.Error(err)
	}
	v := agent.GeneratorView{ID: "s", Kind: agent.GeneratorSpectra, Name: "Token", Steps: s.steps, Spectra: s.d.State().Screen,
		Label: label, Field: field, Serial: s.d.Serial(), StartPIN: s.d.StartPIN(), Help: bankHelp}
	if v.Spectra == otp.SpectraCode {
		v.Left = int(30 - time.Now().Unix()%30)
	}
	return v
}

func (s *spectraToken) serve(a agent.GeneratorAction) (agent.GeneratorView, error) {
	s.steps++
	err := fmt.Errorf("%s is nothing that a token does", a.Kind)
	switch a.Kind {
	case agent.GeneratorPress:
		err = s.d.Press(a.Press)
	case agent.GeneratorDigit:
		err = s.d.Digit(a.Old.Bytes()[0])
	}
	return s.view(), err
}

// atToken opens the window with a real token.
func atToken(t *testing.T, force bool, work func(p *codeHolder, s *spectraToken)) {
	t.Helper()
	s := newSpectraToken(t, force)
	err := atDevice(t, generatorsOf(s.view()), s.serve, func(p *codeHolder) {
		work(p, s)
		press(p.win, fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Generators() = %v, want ErrDenied", err)
	}
}

// display is what the token shows, its two lines with a bar between.
func (p *codeHolder) display() string {
	d := find[*lcd](p.win)[0]
	if !d.on {
		return "off"
	}
	return d.label + "|" + d.field
}

func (p *codeHolder) displays(id, want string) {
	p.t.Helper()
	if got := p.display(); got != want {
		p.t.Errorf("%s: the display shows %q, want %q", id, got, want)
	}
}

// hold holds the key of the button for so long.
func (p *codeHolder) hold(k fyne.KeyName, while time.Duration) {
	p.t.Helper()
	f, ok := p.win.Canvas().Focused().(desktop.Keyable)
	if !ok {
		p.t.Fatalf("the focus is on %T", p.win.Canvas().Focused())
	}
	f.KeyDown(&fyne.KeyEvent{Name: k})
	time.Sleep(while)
	p.settle()
	f.KeyUp(&fyne.KeyEvent{Name: k})
	p.settle()
}

func TestSpectraByKeyboard(t *testing.T) {
	atToken(t, false, func(p *codeHolder, s *spectraToken) {
		p.displays("S16 off", "off")
		p.keys(fyne.KeySpace)
		p.displays("S16 S20 switched on", "PIN|----")
		p.digits("9")
		p.displays("S21 a digit", "PIN|_---")
		p.digits("87")
		p.displays("S21 three digits", "PIN|___-")
		p.keys(fyne.KeyBackspace)
		p.displays("S22 cleared", "PIN|----")
		if !p.says(text.EN.T(text.SpectraStart)) {
			t.Errorf("S28 the start PIN: %q", words(p.win))
		}
		p.digits(startPIN)
		code := find[*lcd](p.win)[0].field
		if want := s.code(); code != want || len(code) != 6 {
			t.Errorf("S25 the code is %q, want %q", code, want)
		}
		if !p.says(text.EN.T(text.SpectraLeft, 30)) {
			t.Errorf("S15 seconds left: %q", words(p.win))
		}
		if !p.says(text.EN.T(text.SpectraStart)) {
			t.Errorf("S29 the code with the start PIN, without a reminder: %q", words(p.win))
		}
		time.Sleep(13 * time.Second)
		synctest.Wait()
		if !p.says(text.EN.T(text.SpectraLeft, 18)) {
			t.Errorf("S15 after 12 s and more: %q", words(p.win))
		}
		p.hold(fyne.KeySpace, holdTime-time.Millisecond)
		p.displays("S42 held too short", "|"+code)
		p.hold(fyne.KeySpace, holdTime)
		p.displays("S42 S43 S45 held", "NEW PIN|----")
		p.digits("7391")
		p.displays("S46 repetition", "PIN-CONF|----")
		p.digits("7392")
		p.displays("S48 another repetition", "NEW PIN|----")
		p.digits("73917391")
		p.displays("S47 accepted", "NEW-PIN-CONF|")
		if p.says(text.EN.T(text.SpectraStart)) {
			t.Error("S28 the start PIN was changed")
		}
		p.keys(fyne.KeyP)
		p.displays("S16 switched off", "off")
	})
}

// code is what the bank expects now.
func (s *spectraToken) code() string {
	code, err := otp.TOTP(s.keys.Code, otp.SpectraDigits, otp.SpectraInterval, time.Now())
	if err != nil {
		s.t.Error(err)
	}
	return code
}

func TestSpectraLockAndUnlock(t *testing.T) {
	atToken(t, true, func(p *codeHolder, s *spectraToken) {
		p.keys(fyne.KeyP)
		p.digits("1357")
		p.displays("S31 first wrong PIN", "FAIL1|")
		p.keys(fyne.KeyP, fyne.KeyP)
		p.displays("S34 off and on", "FAIL1|")
		p.keys(fyne.KeyDelete)
		p.displays("S32 cleared", "PIN|----")
		p.digits("1357")
		p.displays("S33 second", "FAIL2|")
		p.keys(fyne.KeyBackspace)
		p.digits("1357")
		p.displays("S37 third", "FAIL3|")
		if !p.says("Call the telephone bank or visit the nearest branch") || !p.says("+7 727 244-30-30") {
			t.Errorf("S39 whom to call: %q", words(p.win))
		}
		p.keys(fyne.KeySpace, fyne.Key1)
		p.displays("S38 nothing but power", "FAIL3|")
		p.keys(fyne.KeyP, fyne.KeyP)
		number := find[*lcd](p.win)[0].field
		if len(number) != 7 || !strings.HasPrefix(p.display(), "LOCK PIN|") {
			t.Fatalf("S40 the display shows %q", p.display())
		}
		if !p.says("Tell this number") {
			t.Errorf("S40 what to do: %q", words(p.win))
		}
		p.tap(text.GeneratorCopy)
		if got := p.w.app.Clipboard().Content(); got != number {
			t.Errorf("the number for the bank is copied as %q", got)
		}
		p.keys(fyne.KeySpace)
		p.displays("S56 eight places", "LOCK PIN|--------")
		p.digits("123")
		p.keys(fyne.KeyBackspace)
		p.displays("S57 cleared", "LOCK PIN|--------")
		p.digits("00000000")
		p.displays("S58 a wrong code", "FAIL1|")
		p.keys(fyne.KeySpace)
		unlock, err := s.keys.UnlockCode(testSerial, 0, number)
		if err != nil {
			t.Fatal(err)
		}
		p.digits(unlock)
		p.displays("S60 new PIN", "NEW PIN|----")
		p.keys(fyne.KeyP, fyne.KeyP)
		p.displays("S61 the power was lost: the same number", "LOCK PIN|"+number)
		p.keys(fyne.KeySpace)
		p.digits(unlock + "8024" + "8024")
		p.displays("S60 S61 unlocked", "NEW-PIN-CONF|")
	})
}

// S29: the start PIN leads to NEW PIN, and the way to a code goes through a new one.
func TestSpectraForcesTheChange(t *testing.T) {
	atToken(t, true, func(p *codeHolder, s *spectraToken) {
		p.keys(fyne.KeyP)
		p.digits(startPIN)
		p.displays("S27 S29 the start PIN", "NEW PIN|----")
		p.digits("7391" + "7391")
		p.keys(fyne.KeySpace)
		if want := s.code(); p.display() != "|"+want {
			t.Errorf("S29 after the change the display shows %q, want the code", p.display())
		}
	})
}

// The button is held with the mouse as well, and "Change PIN" does the same.
func TestSpectraHold(t *testing.T) {
	_ = atGenerators(t, generatorsOf(spectraView(otp.SpectraState{Screen: otp.SpectraCode})), func(p *codeHolder) {
		k := find[*knob](p.win)[0]
		down := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
		k.MouseDown(down)
		time.Sleep(holdTime)
		synctest.Wait()
		p.asked("press hold") // while it is still down
		k.MouseUp(down)
		synctest.Wait()
		p.asked()
		k.MouseDown(down)
		k.MouseUp(down)
		synctest.Wait()
		p.asked("press clear")
		k.MouseDown(down)
		k.MouseOut()
		time.Sleep(time.Minute)
		synctest.Wait()
		p.asked() // the pointer left: nothing was meant
		f := find[*spectraFace](p.win)[0]
		f.KeyDown(&fyne.KeyEvent{Name: fyne.KeySpace})
		p.win.Canvas().Unfocus()
		time.Sleep(time.Minute)
		synctest.Wait()
		p.asked() // the focus left: who lets go of a key there is not heard here
		p.tap(text.SpectraChange)
		p.asked("press hold")
		if p.win.Canvas().Focused() != fyne.Focusable(f) {
			t.Errorf("S43 the focus is on %T, want the token", p.win.Canvas().Focused())
		}
		press(p.win, fyne.KeyEscape)
	})
}

// A key counts by what is printed on it, and each one once, on every keyboard.
func TestSpectraOtherKeyboards(t *testing.T) {
	_ = atGenerators(t, generatorsOf(spectraView(otp.SpectraState{Screen: otp.SpectraPIN})), func(p *codeHolder) {
		for _, written := range []rune{'2', 'ә', '@'} {
			f := p.win.Canvas().Focused()
			f.TypedKey(&fyne.KeyEvent{Name: fyne.Key2})
			f.TypedRune(written)
			synctest.Wait()
			p.asked("digit 2")
		}
		test.Tap(find[*keycap](p.win)[9])
		synctest.Wait()
		p.asked("digit 0")
		p.win.Canvas().Unfocus() // by a click beside the token
		p.keys(fyne.Key7)
		p.asked("digit 7")
		p.win.Canvas().Unfocus()
		p.keys(fyne.KeySpace)
		p.asked("press clear")
		press(p.win, fyne.KeyEscape)
	})
}

// Whoever types faster than a PIN is checked loses no digit, and their order stays.
func TestSpectraTypedFast(t *testing.T) {
	var hold chan struct{} // made in the bubble
	var got string
	_ = atDevice(t, generatorsOf(spectraView(otp.SpectraState{Screen: otp.SpectraPIN})), func(a agent.GeneratorAction) (agent.GeneratorView, error) {
		<-hold
		got += string(a.Old.Bytes())
		return spectraView(otp.SpectraState{Screen: otp.SpectraPIN}), nil
	}, func(p *codeHolder) {
		hold = make(chan struct{})
		p.digits("0918273645")
		if len(p.done) != 1 {
			t.Errorf("%d things are under way, want one", len(p.done))
		}
		close(hold)
		p.settle()
		press(p.win, fyne.KeyEscape)
	})
	if got != "0918273645" {
		t.Errorf("the token got %q", got)
	}
}

// What waits when the window closes is not done any more.
func TestSpectraClosedWhileBusy(t *testing.T) {
	var hold chan struct{} // made in the bubble
	n := 0
	_ = atDevice(t, generatorsOf(spectraView(otp.SpectraState{Screen: otp.SpectraPIN})), func(agent.GeneratorAction) (agent.GeneratorView, error) {
		n++
		<-hold
		return agent.GeneratorView{}, context.Canceled
	}, func(p *codeHolder) {
		hold = make(chan struct{})
		p.digits("0918")
		press(p.win, fyne.KeyEscape)
		synctest.Wait()
		close(hold)
	})
	if n != 1 {
		t.Errorf("%d digits went to the token after the window closed, want none but the first", n)
	}
}

func TestSpectraBack(t *testing.T) {
	atToken(t, true, func(p *codeHolder, _ *spectraToken) {
		if p.says(testSerial) {
			t.Error("S14 the serial number is on the front")
		}
		p.tap(text.SpectraBack)
		if !p.says(testSerial) { // without a PIN
			t.Errorf("S14 the back says %q", words(p.win))
		}
		if now := time.Now().UTC().Format("15:04:05 UTC"); !p.says(now) {
			t.Errorf("the clock is not %s: %q", now, words(p.win))
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if now := time.Now().UTC().Format("15:04:05 UTC"); !p.says(now) {
			t.Errorf("a minute later the clock is not %s: %q", now, words(p.win))
		}
		p.keys(fyne.KeyP)
		p.displays("the front comes back with a key", "PIN|----")
	})
}
