package discover

import (
	"slices"
	"strings"
)

// Plugged tells whether a device with one of those USB ids is connected now, as
// the operating system sees it: "0a89" is a vendor, "0a89:0030" a vendor with a
// product, in small hex digits. It is false where that cannot be found out.
func Plugged(ids []string) bool {
	return len(ids) > 0 && plugged(devices(), ids)
}

func plugged(devices []device, ids []string) bool {
	return slices.ContainsFunc(devices, func(d device) bool {
		return slices.Contains(ids, d.vendor) || slices.Contains(ids, d.vendor+":"+d.product)
	})
}

// device is a USB device that is connected.
type device struct{ vendor, product string }

// instance reads the id that Windows gives a device.
func instance(id string) (d device, ok bool) {
	parts := strings.Split(strings.ToLower(id), `\`)
	if len(parts) < 2 {
		return d, false
	}
	for part := range strings.SplitSeq(parts[1], "&") {
		if v, is := strings.CutPrefix(part, "vid_"); is {
			d.vendor = v
		} else if p, is := strings.CutPrefix(part, "pid_"); is {
			d.product = p
		}
	}
	return d, d.vendor != ""
}
