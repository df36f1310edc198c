package ui

import (
	"path/filepath"
	"slices"
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
	at     *widget.Label     // the folder, or what is wrong with it
	folder string            // "" for the places
	seen   folderSeen        // of the folder, last
	rows   []keyFile         // of seen, and the way up before them
	chosen int               // in rows, -1 for none
	pick   func(path string) // "" for none
}

// folderSeen is what a folder, or the places, held when it was read.
type folderSeen struct {
	files  []keyFile
	unread bool // it cannot be opened
}

func (s folderSeen) equal(o folderSeen) bool {
	return s.unread == o.unread && slices.Equal(s.files, o.files)
}

// fileLooks is how often the folder that is shown is read anew: a drive may be plugged
// in, or pulled out, meanwhile.
const fileLooks = time.Second

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

// look shows a folder, "" for the places.
func (f *fileChoice) look(folder string) {
	f.read(folder, func(seen folderSeen) {
		f.show(folder, seen)
		first := 0
		if folder != "" {
			first = 1
		}
		f.list.ScrollToTop()
		f.list.Select(min(first, len(f.rows)-1))
		f.t.refresh()
		f.lookAgain()
	})
}

// lookAgain reads what is shown anew after a while, and again after that, for as long as
// the page is shown. What has not changed stays as it is, and so does the choice.
func (f *fileChoice) lookAgain() {
	t := f.t
	t.stop()
	t.clock = time.AfterFunc(fileLooks, func() {
		fyne.Do(func() {
			if t.over != f.page || t.clock == nil || t.d.ended {
				return
			}
			folder := f.folder
			f.read(folder, func(seen folderSeen) {
				if folder != f.folder {
					return // the person has gone on, and that one is looked at
				}
				if !seen.equal(f.seen) {
					f.follow(seen)
				}
				f.lookAgain()
			})
		})
	})
}

// read reads a folder. Disks may be slow, so that is done beside Fyne; then is called
// unless the person has left the page meanwhile.
func (f *fileChoice) read(folder string, then func(folderSeen)) {
	var seen folderSeen
	f.t.beside(func() {
		if folder == "" {
			seen.files = f.t.places()
			return
		}
		files, err := keyFolder(folder)
		seen = folderSeen{files, err != nil}
	}, func() {
		if f.t.over == f.page {
			then(seen)
		}
	})
}

// show shows what was seen in a folder, with nothing chosen.
func (f *fileChoice) show(folder string, seen folderSeen) {
	l := f.t.lang
	f.folder, f.seen, f.rows, f.chosen = folder, seen, seen.files, -1
	switch {
	case seen.unread:
		f.at.SetText(folder + "\n" + l.T(text.FileUnread))
	case folder == "":
		f.at.SetText(l.T(text.WizardKeyFileFrom))
	case !hasKeyFile(seen.files):
		f.at.SetText(folder + "\n" + l.T(text.FileNothing))
	default:
		f.at.SetText(folder)
	}
	if folder != "" {
		f.rows = append([]keyFile{{name: l.T(text.FileUp), path: parent(folder), folder: true, up: true}}, f.rows...)
	}
	f.list.UnselectAll()
	f.list.Refresh()
}

// follow shows what has changed in the folder. What was chosen and is gone leaves
// nothing chosen: another file is none that the person meant.
func (f *fileChoice) follow(seen folderSeen) {
	was := keyFile{}
	if f.chosen >= 0 {
		was = f.rows[f.chosen]
	}
	f.show(f.folder, seen)
	if i := slices.IndexFunc(f.rows, func(k keyFile) bool { return k.path == was.path && k.place == was.place && k.up == was.up }); i >= 0 {
		f.list.Select(i)
	}
	f.t.refresh()
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
	f.t.stop()
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
	row := container.New(layout.NewBorderLayout(nil, nil, r.icon, nil), r.icon, r.label)
	return widget.NewSimpleRenderer(container.New(layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0), row))
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
		found := text.FileFound
		if k.drive {
			found = text.FileFoundOn
		}
		name = r.choice.t.lang.T(found, name, payment.Visible(k.place))
	}
	r.label.SetText(name)
	switch {
	case k.up:
		r.icon.SetResource(theme.MoveUpIcon())
	case k.drive && k.folder:
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
