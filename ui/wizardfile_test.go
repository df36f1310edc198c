package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
	"qoltanba/ui/text"
)

// fileNames are the rows of the choice of a file, and which of them is chosen.
func fileNames(win fyne.Window) (names []string, chosen string) {
	f := find[*fileRow](win)
	if len(f) == 0 {
		return nil, ""
	}
	for i, k := range f[0].choice.rows {
		names = append(names, k.name)
		if i == f[0].choice.chosen {
			chosen = k.name
		}
	}
	return names, chosen
}

// K75: a file that appears, and one that goes, while the folder is shown: the list has
// it by itself, and what is chosen stays chosen.
func TestK75WizardFolderChanges(t *testing.T) {
	folder := bankFolder(t)
	s := atStep(agent.WizardApplicant, func(s *agent.WizardState) { s.KeyFile = filepath.Join(folder, "a.p12") })
	_ = atWizard(t, s, func(p *registrant) {
		p.tap(text.WizardReview)
		p.press(fyne.KeyDown)
		want := func(when, chosen string, names ...string) {
			t.Helper()
			time.Sleep(fileLooks)
			synctest.Wait()
			if got, is := fileNames(p.win); !slices.Equal(got, names) || is != chosen {
				t.Errorf("%s: %q, chosen %q, want %q, chosen %q", when, got, is, names, chosen)
			}
			if o := p.win.Canvas().Focused(); o != fyne.Focusable(find[*fileList](p.win)[0]) {
				t.Errorf("%s: the focus is on %T", when, o)
			}
		}
		want("before", "Key.pfx", "Up", "gost.PFX", "Key.pfx", "a.p12", "Archive")
		if err := os.Rename(filepath.Join(folder, "gost.PFX"), filepath.Join(folder, "b.pfx")); err != nil {
			t.Fatal(err)
		}
		want("renamed", "Key.pfx", "Up", "Key.pfx", "a.p12", "b.pfx", "Archive")
		if err := os.Remove(filepath.Join(folder, "Key.pfx")); err != nil {
			t.Fatal(err)
		}
		want("removed", "", "Up", "a.p12", "b.pfx", "Archive")
		if !p.button(text.FileOpen).Disabled() {
			t.Error("another file than the chosen one can be opened by Return")
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		want("gone", "", "Up")
		p.must(map[string]string{"K75 gone": text.EN.T(text.FileUnread)})
		p.press(fyne.KeyEscape, fyne.KeyEscape)
		p.update(atStep(agent.WizardWelcome))
		p.press(fyne.KeyEscape)
	})
}

// K75: a drive that is plugged in while the places are shown appears. Nobody looks for
// drives any more when the page is gone.
func TestK75WizardDriveComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := wizardScreen(t, text.EN)
		plugged, looks, shown := p.places(), 0, 0
		p.places = func() []keyFile {
			if looks++; looks < 3 {
				return plugged[3:]
			}
			return plugged
		}
		p.state = atStep(agent.WizardApplicant)
		p.turn()
		pick := func(string) {}
		p.chooseFile("", pick)
		press(p.d.win, fyne.KeyDown)
		list := find[*fileList](p.d.win)[0]
		show := list.UpdateItem
		list.UpdateItem = func(i int, o fyne.CanvasObject) { shown++; show(i, o) }
		wait := func() { time.Sleep(fileLooks); synctest.Wait() }
		wait()
		if names, chosen := fileNames(p.d.win); looks != 2 || shown != 0 || chosen != "Home folder" || len(names) != 2 {
			t.Errorf("after a look that found nothing new: %d looks, %q, chosen %q, %d rows drawn", looks, names, chosen, shown)
		}
		wait()
		names, chosen := fileNames(p.d.win)
		if !slices.Equal(names, []string{"GOST.pfx", "Key.pfx", "BANK", "Desktop", "Home folder"}) || chosen != "Home folder" {
			t.Errorf("with the drive: %q, chosen %q", names, chosen)
		}
		p.over.escape()
		wait()
		wait()
		if looks != 3 {
			t.Errorf("%d looks, want 3", looks)
		}
		p.chooseFile("", pick)
		p.update(atStep(agent.WizardProfile)) // the token goes
		wait()
		wait()
		if looks != 4 {
			t.Errorf("%d looks, want 4", looks)
		}
		p.stop()
	})
}

// K74: folders are found by the names that the desktop gave them, else by those in
// English.
func TestK74PersonsFolders(t *testing.T) {
	home, config := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", config)
	for _, name := range []string{"Рабочий стол", `Мои "$" файлы`, "Desktop", "Downloads", "Documents"} {
		if err := os.Mkdir(filepath.Join(home, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	paths := func() (all []string) {
		for _, k := range keyPlaces(text.RU) {
			if below, err := filepath.Rel(home, k.path); err == nil && filepath.IsLocal(below) {
				all = append(all, k.name+": "+below)
			}
		}
		return all
	}
	for _, c := range []struct {
		file string
		want []string
	}{
		{"", []string{"Рабочий стол: Desktop", "Загрузки: Downloads", "Документы: Documents", "Домашняя папка: ."}},
		{"# the desktop's\nXDG_DESKTOP_DIR=\"$HOME/Рабочий стол\"\n  XDG_DOCUMENTS_DIR=\"" + home + "/Мои \\\"\\$\\\" файлы\"\nXDG_DOWNLOAD_DIR=\"$HOME/\"\nXDG_MUSIC_DIR=\n",
			[]string{"Рабочий стол: Рабочий стол", "Загрузки: Downloads", `Документы: Мои "$" файлы`, "Домашняя папка: ."}},
		{"XDG_DESKTOP_DIR=\"$HOME/gone\"\nXDG_DOWNLOAD_DIR=\"elsewhere\"\n",
			[]string{"Рабочий стол: Desktop", "Загрузки: Downloads", "Документы: Documents", "Домашняя папка: ."}},
	} {
		if err := os.WriteFile(filepath.Join(config, "user-dirs.dirs"), []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := paths(); !slices.Equal(got, c.want) {
			t.Errorf("with %q the places are %q, want %q", c.file, got, c.want)
		}
	}
}

// A drive that hangs while the choice of a file is shown keeps the window from nobody.
func TestK75FileOnADriveThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := testApp(t)
		hang := make(chan struct{})
		defer close(hang)
		done := make(chan error, 1)
		updates := make(chan agent.WizardState, 1)
		go func() { // ends with the window
			done <- w.Wizard(t.Context(), atStep(agent.WizardApplicant), updates, func(context.Context, agent.WizardAction) error { return nil })
		}()
		synctest.Wait()
		win := opened(w)[0]
		test.Tap(buttonNamed(t, win, text.EN.T(text.WizardReview)))
		synctest.Wait()
		find[*fileRow](win)[0].choice.t.places = func() []keyFile { <-hang; return nil }
		time.Sleep(fileLooks)
		synctest.Wait()
		press(win, fyne.KeyEscape)
		updates <- atStep(agent.WizardWelcome)
		synctest.Wait()
		press(win, fyne.KeyEscape)
		synctest.Wait()
		select {
		case err := <-done:
			if !errors.Is(err, agent.ErrDenied) {
				t.Errorf("Wizard = %v", err)
			}
		default:
			t.Error("the wizard was closed, and has not returned")
		}
	})
}
