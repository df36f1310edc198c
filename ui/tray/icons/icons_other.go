//go:build !windows

package icons

import "embed"

const suffix = ".png"

//go:embed absent.png locked.png ready.png busy.png problem.png
var tray embed.FS
