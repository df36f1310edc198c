package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// Consent implements agent.Prompter.
func (w *Windows) Consent(ctx context.Context, q agent.ConsentQuestion, openCopy func(i int) error) error {
	l := w.language()
	ctx, cancel := context.WithCancel(ctx)
	copies := newErrands(ctx)
	defer copies.wait()
	defer cancel()
	return w.ask(ctx, l.T(text.ConsentTitle), func(d *dialog) {
		failed := notice()
		content := consentContent(l, q, func(i int) {
			copies.do(func(context.Context) error { return openCopy(i) }, func(err error) { say(failed, l, err) })
		})
		label := l.T(text.ConsentSign)
		d.size = fyne.NewSize(760, 560)
		if n := len(q.Documents); n > 1 {
			label = l.N(text.ConsentSignN, n)
			d.size = fyne.NewSize(920, 680) // fits on a screen of 1366×768
		}
		refuse := d.cancel(l.T(text.Cancel))
		d.show(container.NewBorder(nil, failed, nil, nil, content), refuse, refuse, d.agree(label))
	})
}
