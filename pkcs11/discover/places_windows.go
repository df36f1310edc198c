package discover

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// vendors are the folders below Program Files into which vendors put modules
// that they do not put into System32.
var vendors = []string{
	`OpenSC Project\OpenSC\pkcs11`,
	`Yubico\Yubico PIV Tool\bin`,
}

// host returns the folders of this computer. Only an administrator can write to
// them.
func host() places {
	var p places
	if dir, err := windows.KnownFolderPath(windows.FOLDERID_System, 0); err == nil {
		p.folders = append(p.folders, dir)
	}
	if dir, err := windows.KnownFolderPath(windows.FOLDERID_ProgramFiles, 0); err == nil {
		for _, v := range vendors {
			p.folders = append(p.folders, filepath.Join(dir, v))
		}
	}
	return p
}
