package ui

import (
	"context"
	"qoltanba/agent"
	"qoltanba/ui/text"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Notify opens a window that says what happened, and does not wait for it to
// be closed.
func (w *Windows) Notify(ctx context.Context, n agent.Notice) error {
	if ctx.Err() != nil {
		return agent.ErrCanceled
	}
	l := w.language()
	go func() { // ends when the person closes the window, or with the program
		_ = w.ask(context.Background(), l.T(text.NoticeTitle), func(d *dialog) {
			ok := newButton(l.T(text.OK), nil, func() { d.end(nil) })
			d.accept = func() { d.end(nil) }
			d.show(noticeContent(l, n), ok, ok)
		})
	}()
	return nil
}

func noticeContent(l text.Lang, n agent.Notice) fyne.CanvasObject {
	sentence, hint := l.ErrorNamed(n.Error)
	if n.Note != nil {
		sentence, hint = l.Error(n.Note.Err())
	}
	box := container.NewVBox()
	if n.Origin != "" {
		box.Add(paragraph(n.Origin))
	}
	title := paragraph(sentence)
	title.TextStyle.Bold = true
	box.Add(title)
	box.Add(paragraph(hint))
	return wide(box)
}
