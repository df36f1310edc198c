package ui

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// stopped is why the work stopped, as the agent has it.
func (t *wizardWindow) stopped() error { return t.state.Failure.Err() }

// failure is why the work stands still, nil while it goes on.
func (t *wizardWindow) failure() error {
	if err := t.stopped(); err != nil {
		return err
	}
	return t.failed
}

// workPage shows the work step by step, or why it stopped and what to do.
func (t *wizardWindow) workPage() *wizardPage {
	l := t.lang
	failure := t.failure()
	p := t.plainPage(t.title(text.WizardWorks))
	p.number = 5
	if failure != nil {
		p.content = append([]fyne.CanvasObject{t.title(text.WizardStopped)}, t.sayings(failure)...)
	}
	tasks := container.New(consentColumn{})
	var running []func()
	for _, task := range t.state.Tasks {
		row, time := taskRow(l, task)
		tasks.Add(row)
		if task.Kind == agent.TaskPassword && task.State == agent.TaskRunning && t.state.Token.PINPad {
			tasks.Add(marked(nil, consentBold(l.T(text.WizardNewNow), theme.SizeNameText)))
		}
		if task.State == agent.TaskRunning {
			running = append(running, func() { time.SetText(passed(t.seconds(task))) })
		}
	}
	for _, tick := range running {
		tick()
	}
	p.content = append(p.content, tasks)
	if failure == nil {
		p.content = append(p.content, widget.NewProgressBarInfinite(), consentLabel(l.T(text.WizardFive)), consentLabel(l.T(text.WizardKeepIn)))
		p.first = p.closing(l.T(text.WizardClose), t.leave)
		t.tick(p, running)
	} else {
		p.content = append(p.content, t.advice(text.WizardGoOn)...)
		p.closing(l.T(text.WizardClose), t.leave)
		p.first = p.next(l.T(text.WizardRetry), t.obtain)
	}
	return p
}

// tick draws the time passed anew each second while the page is the window's.
func (t *wizardWindow) tick(p *wizardPage, running []func()) {
	if len(running) == 0 {
		return
	}
	t.clock = time.AfterFunc(time.Second, func() {
		fyne.Do(func() {
			if t.page != p || t.clock == nil || t.d.ended {
				return
			}
			for _, draw := range running {
				draw()
			}
			t.tick(p, running)
		})
	})
}

// seconds is how long a task has run by now.
func (t *wizardWindow) seconds(task agent.WizardTask) int {
	return task.Seconds + int(time.Since(t.since)/time.Second)
}

// passed writes a time as minutes and seconds.
func passed(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// taskRow is one task with its mark, and the label for its time.
func taskRow(l text.Lang, task agent.WizardTask) (fyne.CanvasObject, *widget.Label) {
	name, time := widget.NewLabel(l.Task(task.Kind)), widget.NewLabel("")
	icon := fyne.Resource(theme.RadioButtonIcon())
	switch task.State {
	case agent.TaskRunning:
		icon = theme.NewPrimaryThemedResource(theme.MediaPlayIcon())
		name.TextStyle.Bold = true
	case agent.TaskDone:
		icon = theme.NewSuccessThemedResource(theme.ConfirmIcon())
		time.SetText(l.T(text.WizardTook, passed(task.Seconds)))
		time.Importance = widget.LowImportance
	case agent.TaskFailed:
		icon = theme.NewErrorThemedResource(theme.CancelIcon())
		name.Importance = widget.DangerImportance
	default:
		name.Importance = widget.LowImportance
	}
	return container.NewBorder(nil, nil, nil, time, marked(icon, name)), time
}

// advice says what to do when the work has stopped, and first how it goes on.
func (t *wizardWindow) advice(goOn text.Key) []fyne.CanvasObject {
	l := t.lang
	return append([]fyne.CanvasObject{
		consentLabel(l.T(goOn)), consentWarnings([]string{l.T(text.WizardForbidden)}), consentLabel(l.T(text.WizardContact))},
		t.support()...)
}

// support says how the bank's support and the account manager are reached.
func (t *wizardWindow) support() (all []fyne.CanvasObject) {
	l, s := t.lang, t.state.Support
	if len(s.Phones) > 0 {
		all = append(all, consentLabel(l.T(text.DriverPhones, payment.Visible(strings.Join(s.Phones, ", ")))))
	}
	if support := payment.Visible(s.Text); support != "" {
		all = append(all, consentLabel(support))
	}
	if manager := payment.Visible(s.Manager); manager != "" {
		all = append(all, consentLabel(l.T(text.WizardManager, manager)))
	}
	return all
}
