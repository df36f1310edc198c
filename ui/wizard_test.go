package ui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// newToken is an empty token as the wizard offers it.
func newToken() agent.Profile {
	return agent.Profile{ID: agent.ProfileID{Token: agent.TokenID{Manufacturer: "KAZTOKEN", Serial: "3b4c5d6e"}},
		Name: "KAZTOKEN <no label> -?", Empty: true, Retries: agent.RetriesUnknown, MinPIN: 6, MaxPIN: 32}
}

// atStep is the wizard's state at a step, after all that comes before it.
func atStep(step agent.WizardStep, changes ...func(*agent.WizardState)) agent.WizardState {
	s := agent.WizardState{Step: step, Profiles: []agent.Profile{newToken()}, Token: newToken(),
		Banks: []agent.WizardBank{{Name: "Demo Bank", Host: "ca.demobank.test"}}}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// entered is what a person has told by the fourth page.
func entered(s *agent.WizardState) {
	s.UserID, s.KeyFile, s.Name = "qq111111_qwertyui", "/media/aigerim/BANK/GOST.pfx", "Accounts"
}

// otherToken is a registration that was begun with a token that is lost, and otherUser
// one for another User ID.
func otherToken(s *agent.WizardState) {
	s.Other = agent.OtherRegistration{Serial: "77aa88bb", UserID: "qq111111_qwertyui", Bank: "ca.demobank.test"}
	s.Support = agent.Support{Phones: []string{"+7 727 244-30-30"}, Text: "Demo Bank, 9:00–18:00", Manager: "Branch 5, A. Serik"}
}

func otherUser(s *agent.WizardState) {
	s.Other = agent.OtherRegistration{Serial: "3b4c5d6e", UserID: "ag222222_asdfghjk", Bank: "ca.demobank.test"}
}

// longNames are names as long as they come.
func longNames(s *agent.WizardState) {
	s.Banks[0] = agent.WizardBank{Name: "Акционерное общество «Банк развития малого и среднего предпринимательства»", Host: "certification-authority.enrolment.razvitie-biznes-bank.test"}
	s.Profiles[0].Name = "KAZTOKEN Buhgalteriya_Ust-Kamenogorsk_filial2 0123456789ABCDEF -?"
	s.Token = s.Profiles[0]
	s.UserID, s.KeyFile = "qq111111_qwertyuiopasdfghjklzxcvbnm", "/media/aigerim/3E7D-92A1/2026/Bank/Otkrytye_klyuchi/Filial_Ust-Kamenogorsk/GOST.pfx"
	s.Other = agent.OtherRegistration{Serial: "0123456789ABCDEF0123456789ABCDEF", UserID: s.UserID, Bank: s.Banks[0].Host}
}

// created is a profile that a page waits for.
func created(s *agent.WizardState) {
	s.Profiles[0].Name, s.Profiles[0].Empty, s.Origin = "KAZTOKEN Accounts", false, "https://ib.demobank.test"
	s.Profiles[0].Subject, s.Profiles[0].NotAfter = "ОМАРОВА ӘЙГЕРІМ ҚАЙРАТҚЫЗЫ", "2028-11-20T12:00:00Z"
}

func padToken(s *agent.WizardState) { s.Profiles[0].PINPad, s.Token.PINPad = true, true }

func tasks(states ...agent.TaskState) func(*agent.WizardState) {
	return func(s *agent.WizardState) {
		s.Tasks = nil
		for i, k := range []agent.TaskKind{agent.TaskPassword, agent.TaskKey, agent.TaskCertificate, agent.TaskWrite, agent.TaskRegister} {
			task := agent.WizardTask{Kind: k, State: agent.TaskWaiting}
			if i < len(states) {
				task.State, task.Seconds = states[i], []int{1, 83, 4, 2, 1}[i]
			}
			s.Tasks = append(s.Tasks, task)
		}
	}
}

func stopped(err error) func(*agent.WizardState) {
	return func(s *agent.WizardState) {
		s.Failure = agent.NoteError(err)
		s.Support = agent.Support{Phones: []string{"+7 727 244-30-30"}, Text: "Demo Bank, 9:00–18:00", Manager: "Branch 5, A. Serik"}
	}
}

// wizardScreens are what the goldens show: a step, and what is done there.
func wizardScreens() map[string]func(*wizardWindow) {
	at := func(s agent.WizardState, then ...func(*wizardWindow)) func(*wizardWindow) {
		return func(t *wizardWindow) {
			t.state = s
			t.turn()
			for _, f := range then {
				f(t)
			}
		}
	}
	refusal := func(name string) func(*agent.WizardState) { return func(s *agent.WizardState) { s.Refusal = name } }
	fails := func(a agent.WizardAction, err error) func(*wizardWindow) {
		return func(t *wizardWindow) {
			t.run = func(_ agent.WizardAction, then func(error)) { then(err) }
			t.do(a)
		}
	}
	fill := func(userID, pin string) func(*wizardWindow) {
		return func(t *wizardWindow) {
			e := find[*line](t.d.win)
			e[0].SetText(userID)
			e[1].SetText("/media/aigerim/BANK/GOST.pfx")
			p := find[*capitals](t.d.win)[0]
			t.focus(p)
			for _, r := range pin {
				p.TypedRune(r)
			}
		}
	}
	next := func(t *wizardWindow) { t.page.submit() }
	refused := func(t *wizardWindow) {
		t.run = func(_ agent.WizardAction, then func(error)) { then(agent.ErrCredentials) }
		t.page.submit()
	}
	choose := func(t *wizardWindow) { t.chooseFile("", func(string) {}) }
	running := []agent.TaskState{agent.TaskDone, agent.TaskRunning}
	failed := []agent.TaskState{agent.TaskDone, agent.TaskDone, agent.TaskFailed}
	return map[string]func(*wizardWindow){
		"profile": at(atStep(agent.WizardProfile)),
		"banks": at(atStep(agent.WizardProfile, func(s *agent.WizardState) {
			s.Banks = append(s.Banks, agent.WizardBank{Name: "Банк «Тест»", Host: "ca.test-bank.test"})
			s.Bank = 1
		})),
		"no-token":      at(atStep(agent.WizardProfile, refusal("no-token"), func(s *agent.WizardState) { s.Profiles = nil })),
		"no-driver":     at(atStep(agent.WizardProfile, refusal("no-driver"), func(s *agent.WizardState) { s.Profiles = nil })),
		"many-tokens":   at(atStep(agent.WizardProfile, refusal("many-tokens"), func(s *agent.WizardState) { s.Profiles = append(s.Profiles, accounts[0]) })),
		"not-empty":     at(atStep(agent.WizardProfile, refusal("not-empty"), func(s *agent.WizardState) { s.Profiles = accounts[:1] })),
		"holds-objects": at(atStep(agent.WizardProfile), fails(agent.WizardAction{Kind: agent.WizardUnlock}, agent.ErrNotEmpty)),
		"other-bank": at(atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Origin = "https://ib.demobank.test" }),
			fails(agent.WizardAction{Kind: agent.WizardUnlock}, &agent.OtherBankError{Host: "ca.other.test"})),
		"other-token":   at(atStep(agent.WizardProfile, refusal("other-token"), func(s *agent.WizardState) { s.Resumed, s.Other.Serial = true, "77aa88bb" })),
		"site":          at(atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Origin = "https://ib.demobank.test" })),
		"missing-token": at(atStep(agent.WizardMissing, otherToken)),
		"missing-wrong": at(atStep(agent.WizardMissing, otherToken), next),
		"other-user":    at(atStep(agent.WizardOtherUser, entered, otherUser)),
		"other-period":  at(atStep(agent.WizardOtherUser, entered, otherUser), fails(agent.WizardAction{Kind: agent.WizardAgree}, agent.ErrPeriod)),
		"user-taken":    at(atStep(agent.WizardOtherUser, entered, otherUser, func(s *agent.WizardState) { s.Other.Confirming = true })),
		"chosen":        at(atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Resumed, s.PasswordChosen = true, true })),
		"pulled":        at(atStep(agent.WizardProfile, refusal("no-token"), stopped(agent.ErrTokenLost), func(s *agent.WizardState) { s.Profiles = nil })),
		"plugged":       at(atStep(agent.WizardProfile, stopped(agent.ErrTokenLost), func(s *agent.WizardState) { s.Resumed, s.PasswordChosen = true, true })),
		"unsure":        at(atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Resumed, s.PasswordUnsure = true, true })),
		"again":         at(atStep(agent.WizardApplicant), func(t *wizardWindow) { t.update(atStep(agent.WizardProfile)) }),
		"locked":        at(atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Profiles[0].Locked, s.Profiles[0].Retries = true, 0 })),
		"pad":           at(atStep(agent.WizardProfile, func(s *agent.WizardState) { s.Profiles[0].PINPad = true })),
		"pad-unlocking": at(atStep(agent.WizardProfile, padToken), func(t *wizardWindow) { t.page.submit() }),
		"pad-work":      at(atStep(agent.WizardWork, padToken, tasks(agent.TaskRunning))),
		"long":          at(atStep(agent.WizardProfile, longNames)),
		"long-review":   at(atStep(agent.WizardReview, longNames)),
		"long-missing":  at(atStep(agent.WizardMissing, longNames)),
		"long-user":     at(atStep(agent.WizardOtherUser, longNames)),
		"wrong":         at(atStep(agent.WizardProfile), fails(agent.WizardAction{Kind: agent.WizardUnlock}, &agent.PINError{Retries: 2})),
		"unlocking":     at(atStep(agent.WizardProfile), func(t *wizardWindow) { t.do(agent.WizardAction{Kind: agent.WizardUnlock}) }),
		"resume":        at(atStep(agent.WizardResume)),
		"restart":       at(atStep(agent.WizardRestart)),
		"confirm":       at(atStep(agent.WizardConfirm)),
		"welcome":       at(atStep(agent.WizardWelcome)),
		"help":          at(atStep(agent.WizardWelcome), func(t *wizardWindow) { t.put(t.helpPage()) }),
		"applicant":     at(atStep(agent.WizardApplicant)),
		"check":         at(atStep(agent.WizardApplicant), fill("QQ1111_q", "ab12ПО")),
		"apart":         at(atStep(agent.WizardApplicant, entered, func(s *agent.WizardState) { s.Apart = true })),
		"credentials":   at(atStep(agent.WizardApplicant), fill("ag111111_qwertyui", "AB1O"), refused),
		"refused":       at(atStep(agent.WizardApplicant, entered, stopped(agent.ErrCredentials))),
		"rejected": at(atStep(agent.WizardApplicant, stopped(agent.ErrRejected), func(s *agent.WizardState) { s.Failure = nil }), fill("qq111111_qwertyui", "AB12"),
			fails(agent.WizardAction{Kind: agent.WizardApply}, &agent.RejectedError{Text: "Договор №17 не действует"})),
		"asking":   at(atStep(agent.WizardApplicant), fill("ag111111_qwertyui", "AB1O"), next),
		"period":   at(atStep(agent.WizardApplicant), fill("qq111111_qwertyui", "AB12"), fails(agent.WizardAction{Kind: agent.WizardApply}, agent.ErrPeriod)),
		"missing":  at(atStep(agent.WizardApplicant), next),
		"file":     at(atStep(agent.WizardApplicant), choose),
		"password": at(atStep(agent.WizardPassword)),
		"rules": at(atStep(agent.WizardPassword), func(t *wizardWindow) {
			find[*line](t.d.win)[0].SetText("Бухгалтерия")
			find[*password](t.d.win)[0].SetText("Abc12345")
		}),
		"fixed":        at(atStep(agent.WizardPassword, entered, func(s *agent.WizardState) { s.Fixed = true })),
		"pad-password": at(atStep(agent.WizardPassword, func(s *agent.WizardState) { s.Token.PINPad = true })),
		"review":       at(atStep(agent.WizardReview, entered, func(s *agent.WizardState) { s.Months = 12 })),
		"periods":      at(atStep(agent.WizardReview, entered, func(s *agent.WizardState) { s.Periods = []int{12, 24} })),
		"work":         at(atStep(agent.WizardWork, tasks(running...))),
		"leave":        at(atStep(agent.WizardWork, tasks(running...)), func(t *wizardWindow) { t.leave() }),
		"stopped":      at(atStep(agent.WizardWork, tasks(failed...), stopped(agent.ErrBank))),
		"bank-says":    at(atStep(agent.WizardWork, tasks(failed...), stopped(&agent.RejectedError{Text: "Договор №17 не действует"}))),
		"done":         at(atStep(agent.WizardDone, entered, created)),
		"done-later":   at(atStep(agent.WizardDone, entered, created, func(s *agent.WizardState) { s.Origin = "" })),
	}
}

// wizardScreen is a window of the size that a person sees.
func wizardScreen(t *testing.T, l text.Lang) *wizardWindow {
	w := testApp(t)
	win := test.NewTempWindow(t, nil)
	win.Resize(wizardSize)
	return &wizardWindow{w: w, lang: l, d: &dialog{win: win},
		run:    func(agent.WizardAction, func(error)) {},
		beside: func(f, then func()) { f(); then() },
		places: func() []keyFile {
			return []keyFile{
				{name: "GOST.pfx", path: "/media/aigerim/BANK/GOST.pfx", place: "BANK", drive: true, usual: true},
				{name: "Key.pfx", path: "/home/aigerim/Desktop/Key.pfx", place: l.T(text.FileDesktop), usual: true},
				{name: "BANK", path: "/media/aigerim/BANK", folder: true, drive: true},
				{name: l.T(text.FileDesktop), path: "/home/aigerim/Desktop", folder: true},
				{name: l.T(text.FileHome), path: "/home/aigerim", folder: true},
			}
		}}
}

func TestWizardScreens(t *testing.T) {
	for name, put := range wizardScreens() {
		for _, l := range text.Languages() {
			t.Run(fmt.Sprintf("%s %s", name, l), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // where no time passes
					p := wizardScreen(t, l)
					p.since = time.Now()
					put(p)
					p.stop()
					p.d.win.Resize(wizardSize)
					test.AssertRendersToMarkup(t, fmt.Sprintf("wizard-%s-%s.xml", name, l), p.d.win.Canvas())
					if s := longest(p.d.win.Content()); s != nil {
						t.Errorf("%v of the page are out of sight", hidden(s))
					}
				})
			})
		}
	}
}
