package discover

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// safe looks at the file that path leads to, at the folder path lies in, and at
// every folder above the two up to the drive, whose folders anybody may make
// others beside. Each must belong to the person or to the system, and its access
// list may not let everybody, every user or every guest write. What a list gives
// to single other accounts is not judged, nor are links between path and file.
func safe(path, real string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("asking who we are: %w", err)
	}
	for _, p := range []string{real, filepath.Dir(path)} {
		for ; p != filepath.Dir(p); p = filepath.Dir(p) {
			if err := ours(p, user.User.Sid); err != nil {
				return err
			}
		}
	}
	return nil
}

// write is what lets somebody change a file, replace what is in a folder, or
// take such rights.
const write = windows.GENERIC_ALL | windows.GENERIC_WRITE | windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA |
	windows.DELETE | windows.WRITE_DAC | windows.WRITE_OWNER | fileDeleteChild

const fileDeleteChild = 0x40 // FILE_DELETE_CHILD, winnt.h

func ours(path string, user *windows.SID) error {
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("reading the rights of %s: %w", path, err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("reading the owner of %s: %w", path, err)
	}
	if !owner.Equals(user) && !isOf(owner, windows.WinLocalSystemSid, windows.WinBuiltinAdministratorsSid) && owner.String() != trustedInstaller {
		return fmt.Errorf("%s belongs to somebody else", path)
	}
	list, _, err := sd.DACL()
	if err != nil || list == nil { // without a list everybody may do everything
		return errors.Join(fmt.Errorf("others can write to %s", path), err)
	}
	for i := range uint32(list.AceCount) {
		var entry *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &entry); err != nil {
			return fmt.Errorf("reading the rights of %s: %w", path, err)
		}
		if entry.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE || entry.Header.AceFlags&windows.INHERIT_ONLY_ACE != 0 || entry.Mask&write == 0 {
			continue
		}
		if isOf((*windows.SID)(unsafe.Pointer(&entry.SidStart)), everybody...) {
			return fmt.Errorf("others can write to %s", path)
		}
	}
	return nil
}

var everybody = []windows.WELL_KNOWN_SID_TYPE{
	windows.WinWorldSid, windows.WinAuthenticatedUserSid, windows.WinBuiltinUsersSid, windows.WinInteractiveSid,
	windows.WinBuiltinGuestsSid, windows.WinAnonymousSid, windows.WinNetworkSid,
}

// trustedInstaller owns what Windows itself installed.
const trustedInstaller = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

func isOf(sid *windows.SID, kinds ...windows.WELL_KNOWN_SID_TYPE) bool {
	return slices.ContainsFunc(kinds, sid.IsWellKnown)
}
