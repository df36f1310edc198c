package icons

import "embed"

const suffix = ".ico"

//go:embed absent.ico locked.ico ready.ico busy.ico problem.ico
var tray embed.FS
