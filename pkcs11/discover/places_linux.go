package discover

import (
	"path/filepath"
	"runtime"
)

// triplets are Debian's names of the processors, of which we are built for two.
var triplets = map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}

// host returns the folders of this computer. Only an administrator can write to
// them.
func host() places {
	var p places
	for _, lib := range []string{"/usr/lib/" + triplets[runtime.GOARCH], "/usr/lib64", "/usr/lib", "/usr/local/lib"} {
		p.folders = append(p.folders, lib, filepath.Join(lib, "pkcs11"), filepath.Join(lib, "softhsm"))
		p.p11kit.modules = append(p.p11kit.modules, filepath.Join(lib, "pkcs11"))
	}
	p.p11kit.lists = []string{"/etc/pkcs11/modules", "/usr/share/p11-kit/modules"}
	return p
}
