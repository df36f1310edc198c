package ui

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"qoltanba/agent"
)

// A renewal that was cut off is finished with a certificate that has ended; nothing else
// is done with one.
func TestPINOfAnEndedCertificate(t *testing.T) {
	for purpose, works := range map[agent.PINPurpose]bool{agent.PurposeRenew: true, agent.PurposeSign: false} {
		t.Run(string(purpose), func(t *testing.T) {
			ended := accounts[0]
			ended.Expired, ended.Renewable = true, true
			tried := 0
			err := question(t, func(ctx context.Context, w *Windows) error {
				return w.PIN(ctx, agent.PINQuestion{Purpose: purpose, Profiles: []agent.Profile{ended}},
					func(_ context.Context, _ agent.ProfileID, pin *agent.Secret) error {
						pin.Wipe()
						tried++
						return nil
					})
			}, func(_ *Windows, win fyne.Window) {
				test.Type(find[*password](win)[0], "12345678")
				press(win, fyne.KeyReturn)
				synctest.Wait()
				press(win, fyne.KeyEscape)
			})
			if (tried == 1) != works || errors.Is(err, agent.ErrDenied) == works {
				t.Errorf("tried %d times, %v; want it to work: %t", tried, err, works)
			}
		})
	}
}
