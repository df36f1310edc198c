package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"qoltanba/agent/sealed"
)

// Settings are the person's choices that are no matter of safety; they lie in
// settings.json as plain text. What matters for safety is in the sealed
// trust file instead.
type Settings struct {
	Language    string `json:"language"`    // "kk", "ru", "en"; "" follows the system
	IdleMinutes int    `json:"idleMinutes"` // the idle lock, 1 to 15
	// Preferred is the profile that windows begin with; any other can be chosen.
	Preferred ProfileID `json:"preferred"`
}

// maxIdle is the idle lock's default and its upper bound: the plain settings
// file may make the agent stricter, never laxer.
const maxIdle = 15

var languages = []string{"kk", "ru", "en"}

func (s Settings) idle() time.Duration { return time.Duration(s.IdleMinutes) * time.Minute }

// sane brings values from the file into their bounds.
func (s Settings) sane() Settings {
	if s.IdleMinutes < 1 || s.IdleMinutes > maxIdle {
		s.IdleMinutes = maxIdle
	}
	if !slices.Contains(languages, s.Language) {
		s.Language = ""
	}
	return s
}

// loadSettings returns the defaults when there is no file, and an error with
// the defaults when it cannot be read: settings never keep the agent from
// starting.
func loadSettings(dir string) (Settings, error) {
	var s Settings
	data, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err == nil {
		err = json.Unmarshal(data, &s)
	} else if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return Settings{}.sane(), fmt.Errorf("reading the settings: %w", err)
	}
	return s.sane(), nil
}

func (s Settings) save(dir string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := sealed.WriteFile(filepath.Join(dir, "settings.json"), data); err != nil {
		return fmt.Errorf("saving the settings: %w", err)
	}
	return nil
}

// SetLanguage sets the language of every window and menu: "kk", "ru", "en".
func (a *Agent) SetLanguage(lang string) error {
	if !slices.Contains(languages, lang) {
		return fmt.Errorf("language %q: %w", lang, ErrInvalid)
	}
	return a.changeSettings(func(s *Settings) { s.Language = lang })
}

// changeSettings changes the settings and writes them down.
func (a *Agent) changeSettings(f func(*Settings)) error {
	a.saving.Lock()
	defer a.saving.Unlock()
	a.mu.Lock()
	f(&a.settings)
	s := a.settings
	a.mu.Unlock()
	a.active()
	a.announce()
	return s.save(a.config.Dir)
}
