package discover

import (
	"path/filepath"
	"slices"
	"testing"
)

// The folder holds what the kernel shows: a hub, a token and its interface.
func TestK15SysfsDevices(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "usb1", "idVendor"), "1d6b\n")
	write(t, filepath.Join(root, "usb1", "idProduct"), "0002\n")
	write(t, filepath.Join(root, "1-2", "idVendor"), "0a89\n")
	write(t, filepath.Join(root, "1-2", "idProduct"), "0030\n")
	write(t, filepath.Join(root, "1-2:1.0", "bInterfaceClass"), "0b\n")
	if got, want := usbDevices(root), []device{{"0a89", "0030"}, {"1d6b", "0002"}}; !slices.Equal(got, want) {
		t.Errorf("usbDevices = %v, want %v", got, want)
	}
	if got := usbDevices(filepath.Join(root, "missing")); len(got) != 0 {
		t.Errorf("usbDevices(missing) = %v", got)
	}
}
