package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/child"
	"qoltanba/bridge"
	"qoltanba/ui/remote"
	"qoltanba/ui/text"
	"qoltanba/ui/tray"
)

type trayCmd struct{}

// Run is the agent itself, until its Exit entry, an interrupt or SIGTERM. Where
// another agent of this home runs, that one is shown instead.
func (trayCmd) Run(ctx context.Context, e *env) error {
	leaveConsole()
	d, err := locate(e.home)
	if err != nil {
		return err
	}
	h, running, err := enter(ctx, e.lang, d, nobody{})
	if err != nil {
		return err
	}
	if running != nil {
		defer running.close()
		return running.call(ctx, controlShow, nil, nil)
	}
	defer h.Close()
	log, logFile, err := openLog(d, e.debug)
	if err != nil {
		return err
	}
	defer logFile.Close()
	windows := remote.New(remote.Command{Command: child.Command{Path: windowPath(), Env: windowLocale(), Log: log}}, string(e.lang))
	defer windows.Close()
	var b *body
	lang := func() text.Lang { return text.FromLocale(b.agent.Status().Language) }
	b, err = compose(e, d, h, log, announcer{windows, lang, log})
	if err != nil {
		return err
	}
	return b.runTray(ctx, e, windows)
}

// runTray runs agent, bridge and control socket beside the tray icon, which
// has the main goroutine.
func (b *body) runTray(ctx context.Context, e *env, windows *remote.Prompter) error {
	ctx, exit := context.WithCancel(ctx)
	defer exit()
	show := func() {
		if err := b.agent.ShowPanel(ctx); err != nil {
			b.log.Warn("main window", "err", err)
		}
	}
	icon := tray.New(string(e.lang), tray.Actions{
		Open:  show,
		Token: func() { b.showToken(ctx, agent.PageToken, agent.TokenID{}) },
		Codes: func() {
			if err := b.agent.ShowGenerators(ctx, ""); err != nil {
				b.log.Warn("code generators", "err", err)
			}
		},
		Lock:    b.agent.Lock,
		Unblock: func() { b.showToken(ctx, agent.PageUnblock, agent.TokenID{}) },
		Wizard: func() {
			if err := b.agent.ShowWizard(ctx); err != nil {
				b.log.Warn("wizard", "err", err)
			}
		},
		Renew: func(p agent.ProfileID) { b.renew(ctx, p) },
		Use: func(p agent.ProfileID) {
			if err := b.agent.Prefer(p); err != nil {
				b.log.Error("preferred profile", "err", err)
			}
		},
		Certificate: func(p agent.ProfileID) { b.showToken(ctx, agent.PageCertificate, p.Token) },
		LockToken:   func(p agent.ProfileID) { b.agent.LockToken(p.Token) },
		ChangePassword: func() {
			if err := b.agent.ChangePIN(ctx); err != nil {
				b.log.Info("password not changed", "err", err)
			}
		},
		Exit: exit,
		Language: func(code string) {
			if err := b.agent.SetLanguage(code); err != nil {
				b.log.Error("language", "err", err)
			}
		},
	})
	draw := func(s agent.Status) {
		icon.Show(s)
		windows.SetLanguage(s.Language)
	}
	draw(b.agent.Status())
	defer b.agent.Subscribe(draw)()

	done := make(chan error, 1)
	go func() { // ends with ctx, and takes the icon along
		defer icon.Quit()
		done <- b.runAgent(ctx, func(ctx context.Context) error { return b.serve(ctx, show) })
	}()
	icon.Run(func() {
		if !icon.Shown() {
			// A plain GNOME has no place for icons. Starting the program
			// once more opens the main window.
			b.log.Info("no notification area")
			fmt.Fprintln(os.Stderr, e.lang.T(text.TrayHidden))
		}
	})
	exit()
	return <-done
}

// renew renews a profile's certificate and shows the new one, or says why there is
// none.
func (b *body) renew(ctx context.Context, p agent.ProfileID) {
	err := b.agent.ShowRenewal(ctx, p)
	if err == nil || errors.Is(err, agent.ErrDenied) {
		return
	}
	b.log.Warn("certificate not renewed", "err", err)
	if err := b.agent.Tell(ctx, err); err != nil {
		b.log.Warn("notice not shown", "err", err)
	}
}

func (b *body) showToken(ctx context.Context, page agent.TokenPage, id agent.TokenID) {
	if err := b.agent.ShowToken(ctx, page, id); err != nil {
		b.log.Warn("token panel", "err", err)
	}
}

// serve opens the ways in, and returns when ctx has ended and all are closed.
func (b *body) serve(ctx context.Context, show func()) error {
	control, err := listenControl(b.dirs)
	if err != nil {
		return err
	}
	var ways sync.WaitGroup
	defer ways.Wait()
	// All end with ctx.
	ways.Go(func() { serveControl(ctx, control, b.agent, func() { ways.Go(show) }, b.log) })
	pages := bridge.New(bridge.Config{Agent: b.agent, Logger: b.log})
	if err := pages.Listen(); err != nil {
		// The command line and the tray still work, and say what is wrong.
		b.log.Error("pages cannot reach the agent", "err", err)
		b.setProblem(err)
	} else {
		b.agent.SetPort(pages.Port())
		ways.Go(func() {
			if err := pages.Serve(ctx); err != nil {
				b.log.Error("bridge ended", "err", err)
				b.setProblem(err)
			}
		})
	}
	b.log.Info("ready", "version", version, "port", pages.Port())
	<-ctx.Done()
	return nil
}

// windowPath is where the window program lies: beside this one, never found
// through PATH.
func windowPath() string {
	exe, err := self()
	if err != nil {
		return "" // starting it fails, and is said
	}
	name := "qoltanba-window"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(filepath.Dir(exe), name)
}

// windowLocale gives the window program a locale where there is none: the
// toolkit complains about "C". Its texts are ours and do not follow it. Titles
// and what is typed need a character set that the system has; C.UTF-8 is in
// every C library, en_US is not on every computer.
func windowLocale() []string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _, _ := strings.Cut(os.Getenv(name), "."); v != "" && v != "C" && v != "POSIX" {
			return nil
		}
	}
	return []string{"LC_ALL=", "LC_MESSAGES=en_US.UTF-8", "LC_CTYPE=C.UTF-8"}
}

// announcer says by a system message what no window could show.
type announcer struct {
	agent.Prompter
	lang func() text.Lang
	log  *slog.Logger
}

// noticeTime bounds a message to a desktop that does not answer: whoever asks
// has the turn.
const noticeTime = 2 * time.Second

func (a announcer) tell(ctx context.Context, err error) error {
	if errors.Is(err, agent.ErrNoWindow) {
		ctx, cancel := context.WithTimeout(ctx, noticeTime)
		defer cancel()
		sentence, hint := a.lang().Error(agent.ErrNoWindow)
		if notErr := tray.Notify(ctx, sentence, hint); notErr != nil {
			a.log.Warn("no window and no system message", "err", errors.Join(err, notErr))
		}
	}
	return err
}

func (a announcer) Site(ctx context.Context, q agent.SiteQuestion) error {
	return a.tell(ctx, a.Prompter.Site(ctx, q))
}

func (a announcer) Driver(ctx context.Context, q agent.DriverQuestion) error {
	return a.tell(ctx, a.Prompter.Driver(ctx, q))
}

func (a announcer) Consent(ctx context.Context, q agent.ConsentQuestion, openCopy func(int) error) error {
	return a.tell(ctx, a.Prompter.Consent(ctx, q, openCopy))
}

func (a announcer) PIN(ctx context.Context, q agent.PINQuestion, try func(context.Context, agent.ProfileID, *agent.Secret) error) error {
	return a.tell(ctx, a.Prompter.PIN(ctx, q, try))
}

func (a announcer) ChangePIN(ctx context.Context, q agent.PINQuestion, try func(context.Context, agent.ProfileID, *agent.Secret, *agent.Secret) error) error {
	return a.tell(ctx, a.Prompter.ChangePIN(ctx, q, try))
}

func (a announcer) Token(ctx context.Context, s agent.TokenPanel, updates <-chan agent.TokenPanel, do func(context.Context, agent.TokenAction) error) error {
	return a.tell(ctx, a.Prompter.Token(ctx, s, updates, do))
}

func (a announcer) Wizard(ctx context.Context, s agent.WizardState, updates <-chan agent.WizardState, do func(context.Context, agent.WizardAction) error) error {
	return a.tell(ctx, a.Prompter.Wizard(ctx, s, updates, do))
}

func (a announcer) Generators(ctx context.Context, s agent.GeneratorPanel, updates <-chan agent.GeneratorPanel, do func(context.Context, agent.GeneratorAction) error) error {
	return a.tell(ctx, a.Prompter.Generators(ctx, s, updates, do))
}

func (a announcer) Panel(ctx context.Context, s agent.PanelState) (agent.PanelAction, error) {
	action, err := a.Prompter.Panel(ctx, s)
	return action, a.tell(ctx, err)
}
