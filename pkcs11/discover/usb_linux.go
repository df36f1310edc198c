package discover

import (
	"os"
	"path/filepath"
	"strings"
)

func devices() []device { return usbDevices("/sys/bus/usb/devices") }

// usbDevices reads the kernel's list, sysfs-bus-usb: entries with a vendor are
// devices, the others their interfaces.
func usbDevices(root string) []device {
	vendors, err := filepath.Glob(filepath.Join(root, "*", "idVendor"))
	if err != nil {
		return nil // only for a bad pattern
	}
	var all []device
	for _, path := range vendors {
		all = append(all, device{word(path), word(filepath.Join(filepath.Dir(path), "idProduct"))})
	}
	return all
}

// word returns what a file of the kernel holds, "" for a device that has just
// gone.
func word(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
