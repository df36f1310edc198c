package keyfile

// removableDrives are the volumes other than the one that the system has started
// from, which is a symbolic link there.
func removableDrives() []string { return folders("/Volumes") }
