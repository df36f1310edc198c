// Command qoltanba-window shows the agent's windows. The agent starts it as its
// child and asks over stdin and stdout; it ends when that pipe does. It asks
// for nothing and stores nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"qoltanba/agent/child"
	"qoltanba/cmd/internal/harden"
	"qoltanba/ui"
	"qoltanba/ui/remote"
	"qoltanba/ui/text"
	"qoltanba/ui/tray/icons"
)

// version is set by the build.
var version = "dev"

func main() {
	if len(os.Args) > 1 {
		fmt.Println("qoltanba-window", version)
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "qoltanba-window:", err)
		os.Exit(1)
	}
}

// run takes the pipe before anything else: drivers print to stdout.
func run() error {
	pipe, err := child.Stdio()
	if err != nil {
		return err
	}
	if err := harden.Process(); err != nil {
		return err
	}
	signal.Ignore(os.Interrupt) // Ctrl-C is for the agent, which ends this program
	a := app.New()
	a.SetIcon(fyne.NewStaticResource("qoltanba.png", icons.Program()))
	windows := ui.New(a, text.EN) // the agent tells the language before it asks anything
	// Never shown. It keeps the program running while no question is open,
	// and makes the first one quick: the driver is loaded by then.
	a.NewWindow("qoltanba")

	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	started := false
	a.Lifecycle().SetOnStarted(func() {
		started = true
		go func() { // ends with the pipe, or with the program
			served <- remote.Serve(ctx, pipe, windows, windows.SetLanguage)
			fyne.Do(func() {
				windows.EmptyClipboard()
				a.Quit()
			})
		}()
	})
	a.Run()
	cancel()
	if !started {
		return errors.New("no display, or no OpenGL")
	}
	return <-served
}
