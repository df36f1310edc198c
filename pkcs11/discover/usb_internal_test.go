package discover

import (
	"testing"
)

func TestK15Plugged(t *testing.T) {
	connected := []device{{"1d6b", "0002"}, {"0a89", "0030"}}
	for name, c := range map[string]struct {
		ids  []string
		want bool
	}{
		"the vendor":            {[]string{"0a89"}, true},
		"vendor and product":    {[]string{"1050", "0a89:0030"}, true},
		"another product":       {[]string{"0a89:0025"}, false},
		"another vendor":        {[]string{"1050"}, false},
		"a product is no id":    {[]string{"0030"}, false},
		"nothing is known":      {nil, false},
		"the start of a vendor": {[]string{"0a"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := plugged(connected, c.ids); got != c.want {
				t.Errorf("plugged(%v) = %v, want %v", c.ids, got, c.want)
			}
		})
	}
	if Plugged(nil) {
		t.Error("Plugged(nil) = true")
	}
}

func TestWindowsInstance(t *testing.T) {
	for id, want := range map[string]device{
		`USB\VID_0A89&PID_0030\5&2B6C5A1&0&1`:         {"0a89", "0030"},
		`USB\VID_1050&PID_0407&MI_02\7&1A2B3C&0&0002`: {"1050", "0407"},
		`USB\ROOT_HUB30\4&1F2E3D&0&0`:                 {},
		`USB`:                                         {},
	} {
		if got, ok := instance(id); got != want || ok != (want != device{}) {
			t.Errorf("instance(%s) = %v, %v, want %v", id, got, ok, want)
		}
	}
}
