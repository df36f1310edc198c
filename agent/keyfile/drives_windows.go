package keyfile

import "golang.org/x/sys/windows"

// removableDrives are the letters of removable drives. A and B are left out: a floppy
// drive is heard each time it is looked at.
func removableDrives() []string {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	var all []string
	for letter := 'C'; letter <= 'Z'; letter++ {
		root := string(letter) + `:\`
		name, err := windows.UTF16PtrFromString(root)
		if err == nil && mask>>(letter-'A')&1 == 1 && windows.GetDriveType(name) == windows.DRIVE_REMOVABLE {
			all = append(all, root)
		}
	}
	return all
}
