package discover

import "golang.org/x/sys/windows"

// devices asks SetupAPI for the USB devices that are connected now. The id of
// one reads USB\VID_0A89&PID_0030\serial.
func devices() []device {
	set, err := windows.SetupDiGetClassDevsEx(nil, "USB", 0, windows.DIGCF_ALLCLASSES|windows.DIGCF_PRESENT, 0, "")
	if err != nil {
		return nil
	}
	defer windows.SetupDiDestroyDeviceInfoList(set)
	var all []device
	for i := 0; ; i++ {
		info, err := windows.SetupDiEnumDeviceInfo(set, i)
		if err != nil {
			return all // ERROR_NO_MORE_ITEMS
		}
		id, err := windows.SetupDiGetDeviceInstanceId(set, info)
		if err != nil {
			continue
		}
		if d, ok := instance(id); ok {
			all = append(all, d)
		}
	}
}
