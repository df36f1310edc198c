package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"qoltanba/agent"
	"qoltanba/agent/otp"
	"qoltanba/ui/text"
)

// memKeys are device keys in memory.
type memKeys map[string][]byte

func (m memKeys) Get(_ context.Context, name string) ([]byte, error) {
	if m[name] == nil {
		return nil, otp.ErrNoKey
	}
	return slices.Clone(m[name]), nil
}
func (m memKeys) Set(_ context.Context, name string, key []byte) error {
	m[name] = slices.Clone(key)
	return nil
}
func (m memKeys) Delete(_ context.Context, name string) error { delete(m, name); return nil }

// mobiDevice is a real MobiPass in memory, with its pages.
type mobiDevice struct {
	t     *testing.T
	m     *otp.MobiPass
	rule  otp.PartRule
	page  otp.MobiState
	bad   int
	said  string
	steps int
}

func newMobiDevice(t *testing.T) *mobiDevice {
	return &mobiDevice{t: t, m: otp.NewMobiPass(&otp.MemStore{}, memKeys{}), rule: otp.OurParts,
		page: otp.MobiState{Screen: otp.MobiMenuEmpty}}
}

func (d *mobiDevice) view() agent.GeneratorView {
	v := agent.GeneratorView{ID: "m", Kind: agent.GeneratorMobi, Name: "MobiPass", Steps: d.steps, Mobi: d.page, Parts: d.rule.Lengths}
	switch d.page.Screen {
	case otp.MobiResult:
		v.Answer = d.said
	case otp.MobiKeyBad:
		v.BadPart = d.bad
	}
	return v
}

func (d *mobiDevice) serve(a agent.GeneratorAction) (v agent.GeneratorView, err error) {
	d.steps++
	event := otp.MobiNext
	ctx := d.t.Context()
	switch a.Kind {
	case agent.GeneratorTurn:
		event = a.Event
	case agent.GeneratorSave:
		var key []byte
		key, err = d.rule.Key(strings.Split(string(a.New.Bytes()), " "))
		if part, ok := errors.AsType[*otp.PartError](err); ok {
			d.bad, event, err = part.Part, otp.MobiBadPart, nil
			break
		}
		err = d.m.Save(ctx, key, a.Old.Bytes(), otp.Cost{Time: 1, Memory: 8, Threads: 1})
	case agent.GeneratorSign:
		d.said, err = d.m.Sign(ctx, a.Old.Bytes(), a.Number)
	case agent.GeneratorChangePIN:
		err = d.m.ChangePIN(ctx, a.Old.Bytes(), a.New.Bytes())
	case agent.GeneratorErase:
		err = d.m.Delete(ctx)
	}
	if err == nil {
		d.page = d.page.Next(event)
	}
	return d.view(), err
}

// at checks the page by its title, or by what it says.
func (p *codeHolder) at(id string, k text.Key, args ...any) {
	p.t.Helper()
	if !p.says(text.EN.T(k, args...)) {
		p.t.Fatalf("%s: the page says %q, want %q", id, words(p.win), text.EN.T(k, args...))
	}
}

// fill types into the entries, one after the other, with Return after each.
func (p *codeHolder) fill(parts ...string) {
	for _, s := range parts {
		p.digits(s)
		p.keys(fyne.KeyReturn)
	}
}

func (p *codeHolder) items() []string {
	var all []string
	for _, row := range find[*mobiRow](p.win) {
		all = append(all, row.label.Text)
	}
	return all
}

// parts are an activation code that the rule takes.
func parts(t *testing.T) []string {
	t.Helper()
	all, err := otp.OurParts.NewActivation()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// tabTo presses Tab that many times, which must lead to a button.
func (p *codeHolder) tabTo(k text.Key, times int) {
	p.t.Helper()
	for range times {
		p.keys(fyne.KeyTab)
	}
	got, on := "", p.win.Canvas().Focused()
	if b, ok := on.(*button); ok {
		got = b.Text
	}
	if want := text.EN.T(k); got != want {
		p.t.Fatalf("after %d times Tab the focus is on a %T %q, want the button %q", times, on, got, want)
	}
}

// A whole life of MobiPass by keyboard alone.
func TestMobiPassByKeyboard(t *testing.T) {
	d, code := newMobiDevice(t), parts(t)
	key, err := d.rule.Key(code)
	if err != nil {
		t.Fatal(err)
	}
	want, err := otp.MobiResponse(key, "338609")
	if err != nil {
		t.Fatal(err)
	}
	err = atDevice(t, generatorsOf(d.view()), d.serve, func(p *codeHolder) {
		if got, want := p.items(), []string{"Save key", "Help"}; !slices.Equal(got, want) {
			t.Errorf("M5 M6 M71 the menu is %q, want %q", got, want)
		}
		p.keys(fyne.KeyReturn)
		p.at("M7 M8 M9 first the PIN", text.MobiPINChoose)
		p.at("M15", text.MobiPINSecret)
		for _, e := range find[*digits](p.win) {
			if _, plain := e.ActionItem.(fyne.Tappable); !e.Password || plain {
				t.Error("M10 a PIN can be shown")
			}
		}
		p.fill("2580", "2581")
		p.at("M14 another repetition", text.MobiPINDiffers)
		p.keys(fyne.KeyReturn)
		for _, simple := range []string{"1234", "1111", "5555", "9012", "258"} {
			p.at("M9 back at the fields", text.MobiPINChoose)
			p.fill(simple, simple)
			p.at("M11 M12 M13 "+simple, text.MobiPINBad)
			p.keys(fyne.KeyEscape)
		}
		p.fill("2580", "2580")
		p.at("M16 to be remembered", text.MobiRemember)
		p.at("M17", text.MobiKeyFirst)
		p.at("M17", text.MobiKeyFourth)
		p.at("M18", text.MobiKeyWhere)
		wrong := slices.Clone(code)
		wrong[2] = string('0'+(wrong[2][0]-'0'+1)%10) + wrong[2][1:]
		p.fill(wrong...)
		p.at("M20 the part that is wrong", text.MobiKeyBad, 3)
		p.keys(fyne.KeyReturn)
		e := find[*digits](p.win)
		if e[0].Text != code[0] || e[2].Text != "" || p.win.Canvas().Focused() != fyne.Focusable(e[2]) {
			t.Errorf("M20 part 1 is %q and part 3 %q, want the first kept and the focus in the third", e[0].Text, e[2].Text)
		}
		p.fill(code[2], "")
		if got, want := p.items(), []string{"Sign", "Change PIN code", "Delete key", "Help"}; !slices.Equal(got, want) {
			t.Fatalf("M22 M25 M26 the menu is %q, want %q", got, want)
		}

		p.keys(fyne.KeyReturn)
		p.at("M28", text.MobiNumber)
		p.fill("2580", "038609")
		p.at("M34 a code number that begins with 0", text.MobiNumberBad)
		if n := len(p.done); p.done[n-1].Kind == agent.GeneratorSign {
			t.Error("M34 it was sent")
		}
		for range "038609" {
			p.keys(fyne.KeyBackspace)
		}
		p.fill("338609")
		p.at("M29", text.MobiAnswer)
		if !p.says(want) {
			t.Errorf("M29 M35 the page says %q, want the answer %s", words(p.win), want)
		}
		p.keys(fyne.KeyReturn)
		if p.says(want) || len(p.items()) != 4 {
			t.Errorf("M36 after Next the page says %q", words(p.win))
		}

		p.keys(fyne.KeyDown, fyne.KeyReturn)
		p.at("M54 M56", text.MobiCurrent)
		p.fill("2580", "7391", "7392")
		p.at("M62 a wrong confirmation", text.MobiDiffers)
		p.tabTo(text.MobiClose, 0)
		p.keys(fyne.KeySpace)
		p.at("M63 back at the fields", text.MobiCurrent)
		p.fill("2580", "4444", "4444")
		p.at("M64 an easy PIN", text.MobiPINBad)
		p.keys(fyne.KeyReturn)
		p.keys(fyne.KeyEscape)
		if len(p.items()) != 4 {
			t.Errorf("M60 Back leads to %q", words(p.win))
		}
		p.keys(fyne.KeyDown, fyne.KeyReturn)
		p.fill("2580", "7391", "7391")
		p.at("M57 M61 changed", text.MobiChanged)
		p.keys(fyne.KeyReturn)
		p.keys(fyne.KeyReturn)
		p.fill("7391", "338609")
		if !p.says(want) {
			t.Errorf("M65 with the new PIN the page says %q, want %s", words(p.win), want)
		}
		p.keys(fyne.KeyEscape)

		p.keys(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
		p.at("M68", text.MobiEraseAsk)
		if n := len(find[*digits](p.win)); n != 0 {
			t.Errorf("M68 %d entries, want no PIN asked", n)
		}
		p.tabTo(text.MobiEraseDo, 1)
		p.keys(fyne.KeySpace)
		if p.at("M68 a key that comes too soon", text.MobiEraseAsk); !d.page.Stored {
			t.Error("M68 the key is gone before anybody has read the question")
		}
		time.Sleep(armDelay)
		synctest.Wait()
		p.keys(fyne.KeySpace)
		if got, want := p.items(), []string{"Save key", "Help"}; !slices.Equal(got, want) {
			t.Errorf("M67 the menu is %q, want %q", got, want)
		}
		p.keys(fyne.KeyDown, fyne.KeyReturn)
		for _, k := range []text.Key{text.MobiHelpActivate, text.MobiHelpSign, text.MobiHelpTries, text.MobiHelpChange, text.MobiHelpLoss} {
			p.at("M70 M23 M59", k)
		}
		p.keys(fyne.KeyEscape)
		p.tabTo(text.MobiExit, 1)
		p.keys(fyne.KeyReturn)
		p.at("M27 M55", text.MobiClosed)
		p.keys(fyne.KeyReturn)
		if len(p.items()) != 2 {
			t.Errorf("M27 opened again it says %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
	if !errors.Is(err, agent.ErrDenied) {
		t.Errorf("Generators() = %v, want ErrDenied", err)
	}
}

// M30, M31, M58: the window is the same word for word, but for the number.
func TestMobiPassWrongPIN(t *testing.T) {
	var seen [2][]string
	for i, pin := range []string{"2580", "0852"} {
		d := newMobiDevice(t)
		key, err := d.rule.Key(parts(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.m.Save(t.Context(), key, []byte("2580"), otp.Cost{Time: 1, Memory: 8, Threads: 1}); err != nil {
			t.Fatal(err)
		}
		d.page = otp.MobiState{Screen: otp.MobiSign, Stored: true}
		_ = atDevice(t, generatorsOf(d.view()), d.serve, func(p *codeHolder) {
			see := func() { seen[i] = append(seen[i], fmt.Sprint(words(p.win), p.win.Canvas().Focused() == nil)) }
			p.fill(pin, "338609")
			if len(d.said) != 6 || !p.says(d.said) {
				t.Errorf("M30 with %s the page says %q, want an answer of six digits", pin, words(p.win))
			}
			seen[i] = append(seen[i], strings.ReplaceAll(fmt.Sprint(words(p.win)), d.said, "NNNNNN"))
			p.keys(fyne.KeyReturn, fyne.KeyDown, fyne.KeyReturn)
			p.fill(pin, "7391", "7391")
			see()
			p.keys(fyne.KeyReturn)
			see()
			press(p.win, fyne.KeyEscape)
		})
	}
	if !slices.Equal(seen[0], seen[1]) {
		t.Errorf("M31 M58 a right PIN is seen as\n%q, a wrong one as\n%q", seen[0], seen[1])
	}
}

// A chosen PIN does not wait for ever: it is wiped with the window and after two
// minutes, and the page says so.
func TestMobiPassForgetsTheDraft(t *testing.T) {
	d := newMobiDevice(t)
	_ = atDevice(t, generatorsOf(d.view()), d.serve, func(p *codeHolder) {
		p.keys(fyne.KeyReturn)
		p.fill("2580", "2580")
		p.at("M17", text.MobiKeyFirst)
		time.Sleep(mobiIdle - time.Second)
		synctest.Wait()
		p.digits("1") // a key starts the two minutes anew
		time.Sleep(mobiIdle - time.Second)
		synctest.Wait()
		p.at("M17 still there", text.MobiKeyFirst)
		time.Sleep(time.Second)
		synctest.Wait()
		p.at("forgotten", text.MobiPINAgain)
		p.keys(fyne.KeyEscape)
		if len(p.items()) != 2 {
			t.Errorf("Back leads to %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
}

// A key that is pressed twice turns one page: nobody has seen the next.
func TestMobiPassOnePageAtATime(t *testing.T) {
	_ = atGenerators(t, generatorsOf(mobiView(otp.MobiPINDiffers)), func(p *codeHolder) {
		b := p.button(text.MobiClose)
		for range 3 {
			b.OnTapped()
			synctest.Wait()
		}
		p.asked(fmt.Sprint("turn ", otp.MobiBack))
		press(p.win, fyne.KeyEscape)
		p.shows(mobiView(otp.MobiMenu))
		press(p.win, fyne.KeyEscape)
	})
}

// Parts have the lengths of the bank's profile, and another device's state leaves
// what was typed alone.
func TestMobiPassParts(t *testing.T) {
	m, s := mobiView(otp.MobiPIN), spectraView(otp.SpectraState{Screen: otp.SpectraCode})
	_ = atGenerators(t, generatorsOf(m, s), func(p *codeHolder) {
		p.fill("2580", "2580")
		p.asked(fmt.Sprint("turn ", otp.MobiNext))
		m.Mobi.Screen, m.Steps = otp.MobiKey, 1
		p.shows(m, s)
		p.digits("456788990")
		s.Left, s.Field = 30, "111111"
		p.shows(m, s)
		if got := find[*digits](p.win)[0].Text; got != "45678899" {
			t.Errorf("M19 the first part holds %q, want its 8 digits kept", got)
		}
		p.keys(fyne.KeyReturn)
		p.fill("6655666", "86566664", "45677777")
		p.asked("save 2580 45678899 6655666 86566664 45677777")
		m.Mobi.Screen, m.Steps = otp.MobiMenu, 2
		p.shows(m, s)
		press(p.win, fyne.KeyEscape)
	})
}

// M36: the agent takes an answer away after two minutes, and the window with it.
func TestMobiPassAnswerGoes(t *testing.T) {
	_ = atGenerators(t, generatorsOf(mobiView(otp.MobiResult)), func(p *codeHolder) {
		if !p.says("067204") {
			t.Errorf("M29 M35 the page says %q", words(p.win))
		}
		p.tap(text.GeneratorCopy)
		if got := p.w.app.Clipboard().Content(); got != "067204" {
			t.Errorf("copied %q", got)
		}
		p.shows(mobiView(otp.MobiMenu))
		if p.says("067204") {
			t.Errorf("M36 the page says %q", words(p.win))
		}
		press(p.win, fyne.KeyEscape)
	})
}
