package ui

import (
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

// fileChoice is the dialog in which a key file is looked for. Fyne's own sorts by
// name alone and speaks its own languages; here the key files that banks hand out
// stand first, those on drives that were plugged in before all others.
type fileChoice struct {
	t      *wizardWindow
	page   *wizardPage
	list   *fileList
	at     *widget.Label // the folder, or what is wrong with it
	folder string        // "" for the places
	rows   []keyFile
	chosen int               // in rows, -1 for none
	pick   func(path string) // "" for none
}

// chooseFile shows the choice. It begins in the folder of the file that is known,
// else with the places.
func (t *wizardWindow) chooseFile(known string, pick func(path string)) {
	l := t.lang
	f := &fileChoice{t: t, page: t.plainPage(t.title(text.FileTitle)), at: consentLabel(""), pick: pick, chosen: -1}
	f.list = newFileList(f)
	f.list.OnSelected = func(i widget.ListItemID) { f.chosen = i; t.refresh() }
	p := f.page
	p.content = append(p.content, f.at, container.New(fileHeight{}, f.list))
	p.first = f.list
	p.escape = func() { f.leave("") }
	p.closing(l.T(text.Cancel), p.escape)
	p.next(l.T(text.FileOpen), func() { f.open(f.chosen) })
	p.ready = func() bool { return f.chosen >= 0 }
	t.put(p)
	folder := ""
	if known != "" && filepath.IsAbs(known) {
		folder = filepath.Dir(known)
	}
	f.look(folder)
}

// look shows a folder, "" for the places. Disks may be slow, so they are read
// beside Fyne.
func (f *fileChoice) look(folder string) {
	var rows []keyFile
	var err error
	f.t.beside(func() {
		if folder == "" {
			rows = f.t.places()
			return
		}
		rows, err = keyFolder(folder)
	}, func() {
		if f.t.over != f.page {
			return // the person has gone back
		}
		f.folder, f.rows, f.chosen = folder, rows, -1
		switch {
		case err != nil:
			f.at.SetText(folder + "\n" + f.t.lang.T(text.FileUnread))
		case folder == "":
			f.at.SetText(f.t.lang.T(text.WizardKeyFileFrom))
		case !hasKeyFile(rows):
			f.at.SetText(folder + "\n" + f.t.lang.T(text.FileNothing))
		default:
			f.at.SetText(folder)
		}
		first := 0
		if folder != "" {
			first = 1
			f.rows = append([]keyFile{{name: f.t.lang.T(text.FileUp), path: parent(folder), folder: true, up: true}}, f.rows...)
		}
		f.list.UnselectAll()
		f.list.Refresh()
		f.list.ScrollToTop()
		f.list.Select(min(first, len(f.rows)-1))
		f.t.refresh()
	})
}

// open goes into a folder, or chooses a file.
func (f *fileChoice) open(i int) {
	switch {
	case i < 0 || i >= len(f.rows):
	case f.rows[i].folder:
		f.look(f.rows[i].path)
	default:
		f.leave(f.rows[i].path)
	}
}

// leave goes back to the page that the file is for.
func (f *fileChoice) leave(path string) {
	f.t.put(nil)
	f.pick(path)
}

// fileList is a list in which the arrows select: Return opens what is selected.
type fileList struct {
	widget.List
	choice *fileChoice
}

func newFileList(f *fileChoice) *fileList {
	l := &fileList{choice: f}
	l.Length = func() int { return len(f.rows) }
	l.CreateItem = func() fyne.CanvasObject { return newFileRow(f) }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*fileRow).put(i) }
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained and FocusLost do not mark a row beside the one that is selected.
func (l *fileList) FocusGained() {}
func (l *fileList) FocusLost()   {}

func (l *fileList) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp:
		l.Select(l.choice.chosen - 1)
	case fyne.KeyDown:
		l.Select(l.choice.chosen + 1)
	case fyne.KeySpace:
		l.choice.open(l.choice.chosen)
	default:
		passKey(l, e)
	}
}

func (l *fileList) KeyDown(e *fyne.KeyEvent) { passEdge(l, e) }
func (l *fileList) KeyUp(e *fyne.KeyEvent)   { passEdge(l, e) }

// fileHeight gives the list a height, as it has none itself.
type fileHeight struct{}

func (fileHeight) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }
func (fileHeight) MinSize([]fyne.CanvasObject) fyne.Size              { return fyne.NewSize(0, 440) }

// fileRow is a line of the list: one click selects, two open.
type fileRow struct {
	widget.BaseWidget
	choice *fileChoice
	icon   *widget.Icon
	label  *widget.Label
	at     int
	tapped time.Time
}

func newFileRow(f *fileChoice) *fileRow {
	r := &fileRow{choice: f, icon: widget.NewIcon(theme.FileIcon()), label: widget.NewLabel("")}
	r.label.Truncation = fyne.TextTruncateEllipsis
	r.ExtendBaseWidget(r)
	return r
}

func (r *fileRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(layout.NewBorderLayout(nil, nil, r.icon, nil), r.icon, r.label))
}

// put shows row i.
func (r *fileRow) put(i int) {
	if r.at != i {
		r.tapped = time.Time{}
	}
	r.at = i
	k := r.choice.rows[i]
	r.label.TextStyle.Bold = k.usual
	name := payment.Visible(k.name)
	if k.place != "" {
		name = r.choice.t.lang.T(text.FileFound, name, payment.Visible(k.place))
	}
	r.label.SetText(name)
	switch {
	case k.up:
		r.icon.SetResource(theme.MoveUpIcon())
	case k.drive:
		r.icon.SetResource(theme.StorageIcon())
	case k.folder:
		r.icon.SetResource(theme.FolderIcon())
	default:
		r.icon.SetResource(theme.FileIcon())
	}
}

func (r *fileRow) Tapped(*fyne.PointEvent) {
	twice := time.Since(r.tapped) < fyne.CurrentApp().Driver().DoubleTapDelay()
	r.tapped = time.Now()
	r.choice.list.Select(r.at)
	r.choice.t.focus(r.choice.list)
	if twice {
		r.tapped = time.Time{}
		r.choice.open(r.at)
	}
}
