package agent_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/otp"
)

// turn sends events that need no secret.
func (c *codes) turn(events ...otp.MobiEvent) {
	c.t.Helper()
	for _, e := range events {
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorTurn, Event: e}); err != nil {
			c.t.Fatalf("event %d: %v", e, err)
		}
	}
}

func (c *codes) on(want otp.MobiScreen) {
	c.t.Helper()
	if v := c.view(0); v.Mobi.Screen != want || v.Problem != "" {
		c.t.Errorf("page %d (problem %q), want %d", v.Mobi.Screen, v.Problem, want)
	}
}

// addMobi adds a MobiPass and opens it.
func (c *codes) addMobi() {
	c.t.Helper()
	c.add(agent.GeneratorAction{Kind: agent.GeneratorAddMobi}, 1)
	c.turn(otp.MobiOpen)
	c.on(otp.MobiMenuEmpty)
}

// activate saves a key under a PIN and returns what makes its answers.
func (c *codes) activate(pin string) (key []byte) {
	c.t.Helper()
	parts, err := otp.OurParts.NewActivation()
	if err != nil {
		c.t.Fatal(err)
	}
	if key, err = otp.OurParts.Key(parts); err != nil {
		c.t.Fatal(err)
	}
	c.turn(otp.MobiChooseSave, otp.MobiNext)
	if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorSave, Old: text(pin), New: text(strings.Join(parts, " "))}); err != nil {
		c.t.Fatal(err)
	}
	c.on(otp.MobiMenu)
	return key
}

// answer signs a code number from the menu and leaves the answer on the page.
func (c *codes) answer(pin, number string) string {
	c.t.Helper()
	c.turn(otp.MobiChooseSign)
	if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorSign, Old: text(pin), Number: number}); err != nil {
		c.t.Fatal(err)
	}
	c.on(otp.MobiResult)
	return c.view(0).Answer
}

func (c *codes) changePIN(old, new string) {
	c.t.Helper()
	c.turn(otp.MobiChoosePIN)
	if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Old: text(old), New: text(new)}); err != nil {
		c.t.Fatal(err)
	}
	c.on(otp.MobiChanged)
	c.turn(otp.MobiNext)
}

func response(t *testing.T, key []byte, number string) string {
	t.Helper()
	want, err := otp.MobiResponse(key, number)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

const number = "338609" // the guide's own, L172

func TestMobiActivateAndSign(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	var key []byte
	d.atCodes(func(c *codes) {
		c.addMobi() // M5
		if v := c.view(0); v.Name != "MobiPass" || !slices.Equal(v.Parts, []int{8, 8, 8, 8}) || v.Mobi.Stored {
			t.Errorf("new MobiPass = %+v, want four parts of 8 and no key", v)
		}
		c.turn(otp.MobiChooseSave)
		c.on(otp.MobiPIN) // M8
		c.turn(otp.MobiEasy, otp.MobiBack, otp.MobiNext)
		c.on(otp.MobiKey)
		for name, change := range map[string]func(part string) string{
			"M20 a digit":      func(part string) string { return part[:7] + string('0'+(part[7]-'0'+5)%10) },
			"M19 a short part": func(part string) string { return part[:7] },
			"an empty part":    func(string) string { return "" },
		} {
			parts, err := otp.OurParts.NewActivation()
			if err != nil {
				t.Fatal(err)
			}
			parts[1] = change(parts[1])
			err = c.do(0, agent.GeneratorAction{Kind: agent.GeneratorSave, Old: text("2580"), New: text(strings.Join(parts, " "))})
			if v := c.view(0); err != nil || v.Mobi.Screen != otp.MobiKeyBad || v.BadPart != 2 {
				t.Errorf("%s: %v on page %d, part %d; want part 2 named", name, err, v.Mobi.Screen, v.BadPart)
			}
			c.turn(otp.MobiBack)
			if v := c.view(0); v.BadPart != 0 {
				t.Errorf("%s: part %d after the message", name, v.BadPart)
			}
		}
		c.turn(otp.MobiBack)
		key = c.activate("2580")
		if got := c.answer("2580", number); got != response(t, key, number) {
			t.Errorf("M29 answer %s, want %s", got, response(t, key, number))
		}
		c.turn(otp.MobiNext)
		if v := c.view(0); v.Answer != "" {
			t.Errorf("M36 the answer is there after Next: %q", v.Answer)
		}
		wrong := c.answer("2581", number)
		if wrong == response(t, key, number) || len(wrong) != 6 {
			t.Errorf("M30 a wrong PIN gives %q", wrong)
		}
		c.turn(otp.MobiNext)
		if again := c.answer("2581", number); again != wrong {
			t.Errorf("M32 the same wrong PIN gives %s, then %s", wrong, again)
		}
		c.turn(otp.MobiNext)
		for _, bad := range []string{"038609", "33860", "3386090", "33860x", ""} { // M34
			c.turn(otp.MobiChooseSign)
			if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorSign, Old: text("2580"), Number: bad}); !errors.Is(err, agent.ErrCodeNumber) {
				t.Errorf("M34 Sign(%q) = %v", bad, err)
			}
			c.on(otp.MobiSign)
			c.turn(otp.MobiBack)
		}
		for _, bad := range []string{"258", "25800", "258x", ""} {
			c.turn(otp.MobiChooseSign)
			if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorSign, Old: text(bad), Number: number}); !errors.Is(err, agent.ErrGeneratorPIN) {
				t.Errorf("M11 Sign with %q = %v", bad, err)
			}
			c.on(otp.MobiSign)
			c.turn(otp.MobiBack)
		}
	})
	d.atCodes(func(c *codes) { // another day
		c.turn(otp.MobiOpen)
		c.on(otp.MobiMenu)                                            // M25
		c.turn(otp.MobiChooseSave)                                    // M71
		c.on(otp.MobiMenu)                                            // is not offered
		if c.answer("2580", "555555") != response(t, key, "555555") { // M33
			t.Error("opened again: the answer is another one")
		}
	})
}

// M36: after two minutes the answer is gone.
func TestM36TwoMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newCodesDesk(t).atCodes(func(c *codes) {
			c.addMobi()
			c.activate("2580")
			c.answer("2580", number)
			shown := time.Now()
			c.until(func(s agent.GeneratorPanel) bool { return s.Devices[0].Mobi.Screen != otp.MobiResult })
			if v := c.view(0); v.Answer != "" || v.Mobi.Screen != otp.MobiMenu || time.Since(shown) != 2*time.Minute {
				t.Errorf("after %v: page %d, answer %q", time.Since(shown), v.Mobi.Screen, v.Answer)
			}
		})
	})
}

func TestMobiChangeAndErase(t *testing.T) {
	r := newRing()
	d := newCodesDesk(t, r.on)
	d.atCodes(func(c *codes) {
		c.addMobi()
		key := c.activate("2580")
		folder := d.stored()
		c.changePIN("2580", "4826")
		if got := c.answer("4826", number); got != response(t, key, number) {
			t.Errorf("M65 the new PIN gives %s", got)
		}
		c.turn(otp.MobiNext)
		if got := c.answer("2580", number); got == response(t, key, number) {
			t.Error("M65 the old PIN still gives right answers")
		}
		c.turn(otp.MobiNext)
		if got := d.stored(); !slices.Equal(got, folder) || len(r.entries()) != 1 {
			t.Errorf("M66 files %v, keys %v; want one record and one key", got, r.entries())
		}
		c.turn(otp.MobiChoosePIN, otp.MobiDiffer)
		c.on(otp.MobiChangeDiffers) // M62
		c.turn(otp.MobiBack)
		c.on(otp.MobiChange) // M63
		err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Old: text("4826"), New: text("1111")})
		if c.on(otp.MobiChangeBad); err != nil { // M64
			t.Errorf("change to 1111 = %v", err)
		}
		c.turn(otp.MobiBack)
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Old: text("4826"), New: text("12")}); !errors.Is(err, agent.ErrGeneratorPIN) {
			t.Errorf("change to 12 = %v", err)
		}
		c.turn(otp.MobiBack)
		c.on(otp.MobiMenu)          // M60
		c.changePIN("9753", "4826") // M58
		for _, pin := range []string{"4826", "2580", "9753"} {
			if got := c.answer(pin, number); got == response(t, key, number) {
				t.Errorf("M59 %s gives the right answer", pin)
			}
			c.turn(otp.MobiNext)
		}
		c.turn(otp.MobiChooseErase, otp.MobiBack)
		c.on(otp.MobiMenu)
		c.turn(otp.MobiChooseErase)
		c.on(otp.MobiDelete) // M68
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorErase}); err != nil {
			t.Fatal(err)
		}
		c.on(otp.MobiMenuEmpty) // M67
		if slices.ContainsFunc(d.stored(), func(f string) bool { return strings.HasSuffix(f, "/record/record") }) || len(r.entries()) != 0 {
			t.Errorf("M69 files %v, keys %v", d.stored(), r.entries())
		}
		c.activate("2580")
		if err := c.do(0, agent.GeneratorAction{Kind: agent.GeneratorRemove}); err != nil {
			t.Error(err)
		}
		if len(d.stored()) != 0 || len(r.entries()) != 0 {
			t.Errorf("M69 after Remove: files %v, keys %v", d.stored(), r.entries())
		}
	})
	want := []string{note("add", "mobipass", ""), note("save", "mobipass", ""), note("erase", "mobipass", ""), note("save", "mobipass", ""), note("remove", "mobipass", "")}
	if got := d.noted(); !slices.Equal(got, want) {
		t.Errorf("history has %v, want %v", got, want)
	}
}

// What a page does not offer is refused, and what comes with secrets is no mere turn.
func TestMobiRefusesWhatThePageDoesNotOffer(t *testing.T) {
	newCodesDesk(t).atCodes(func(c *codes) {
		c.addMobi()
		c.activate("2580")
		refused := func(name string, a agent.GeneratorAction) {
			t.Helper()
			page := c.view(0).Mobi
			if err := c.do(0, a); !errors.Is(err, agent.ErrInvalid) || c.view(0).Mobi != page {
				t.Errorf("%s on page %d = %v, page %d", name, page.Screen, err, c.view(0).Mobi.Screen)
			}
		}
		turn := func(e otp.MobiEvent) agent.GeneratorAction {
			return agent.GeneratorAction{Kind: agent.GeneratorTurn, Event: e}
		}
		refused("sign", agent.GeneratorAction{Kind: agent.GeneratorSign, Old: text("2580"), Number: number})
		refused("save", agent.GeneratorAction{Kind: agent.GeneratorSave, Old: text("2580"), New: text("1 2 3 4")})
		refused("erase", agent.GeneratorAction{Kind: agent.GeneratorErase})
		refused("idle", turn(otp.MobiIdle))
		refused("power", agent.GeneratorAction{Kind: agent.GeneratorPress, Press: otp.SpectraPower})
		for choose, page := range map[otp.MobiEvent]otp.MobiScreen{
			otp.MobiChooseSign: otp.MobiSign, otp.MobiChoosePIN: otp.MobiChange, otp.MobiChooseErase: otp.MobiDelete,
		} {
			c.turn(choose)
			c.on(page)
			refused("next", turn(otp.MobiNext))
			c.turn(otp.MobiBack)
		}
	})
}

// TestM31NothingTells compares everything that can be seen from outside the window for
// right and wrong PINs, of an answer and of a change of the PIN (M58): calls of the
// keyring, files, history, log, the panel but for the answer. Package otp counts writes
// and allocations, and the bench measures the time.
func TestM31NothingTells(t *testing.T) {
	r := newRing()
	var log bytes.Buffer
	d := newCodesDesk(t, r.on, logTo(&log))
	d.atCodes(func(c *codes) {
		c.addMobi()
		c.activate("2580")
		id := c.view(0).ID
		var before map[string]string // the files
		// seen is what is seen of actions one after the other.
		seen := func(actions ...agent.GeneratorAction) string {
			r.calls = nil
			log.Reset()
			var seen []string
			for _, a := range actions {
				err := c.do(0, a)
				v := c.view(0)
				v.Steps, v.Answer = 0, fmt.Sprint(len(v.Answer))
				seen = append(seen, fmt.Sprintf("%v %+v", err, v))
			}
			after := map[string]string{}
			for _, f := range d.stored() {
				path := filepath.Join(d.dir, "generators", f)
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				content, _ := os.ReadFile(path) // of a folder: none
				after[f] = fmt.Sprint(info.ModTime(), string(content))
				// What is random in a record and the time of a write are not compared, but
				// whether something was written.
				seen = append(seen, fmt.Sprint(f, info.Mode(), info.Size(), " changed: ", after[f] != before[f]))
			}
			before = after
			return strings.Join(append(append(seen, r.calls...), fmt.Sprint(d.noted()), log.String()), "\n")
		}
		turn := func(e otp.MobiEvent) agent.GeneratorAction {
			return agent.GeneratorAction{Kind: agent.GeneratorTurn, Event: e}
		}
		sign := func(pin string) string {
			return seen(turn(otp.MobiChooseSign), agent.GeneratorAction{Kind: agent.GeneratorSign, Old: text(pin), Number: number}, turn(otp.MobiNext))
		}
		// Two changes end with the device key that was there before them.
		change := func(pin, next string) string {
			to := func(old, new string) string {
				return seen(turn(otp.MobiChoosePIN), agent.GeneratorAction{Kind: agent.GeneratorChangePIN, Old: text(old), New: text(new)}, turn(otp.MobiNext))
			}
			return to(pin, "4826") + "\n" + to(next, "2580")
		}
		compare := func(what, want, got string) {
			if got != want {
				t.Errorf("%s: it was\n%s\nwith the right PIN\n%s", what, got, want)
			}
		}
		contains := func(what string, seen string, parts ...string) {
			for _, part := range parts {
				if !strings.Contains(seen, part) {
					t.Errorf("%s: nothing says %q:\n%s", what, part, seen)
				}
			}
		}

		sign("2580") // the first look at the files
		want := sign("2580")
		contains("answer", want, "get generator-"+id+"-device-0", "changed: false")
		for _, pin := range []string{"2581", "0000", "9999"} {
			compare("answer with "+pin, want, sign(pin))
		}
		want = change("2580", "4826")
		contains("change", want, "get generator-"+id+"-device-0\nset generator-"+id+"-device-1\ndelete generator-"+id+"-device-0", "changed: true")
		compare("the right PIN again", want, change("2580", "4826"))
		compare("wrong PINs", want, change("2581", "0000")) // from here on no PIN is right
		compare("the PIN that was set with a wrong one", want, change("2580", "4826"))
	})
}
