package keyfile

// removableDrives are the volumes other than the one that the system has started
// from, which is a symbolic link there. The folder is read at each look: the system
// would tell of a volume that is mounted, but to cgo alone, and not of a file that is
// put on it, for which there must be looks anyway.
func removableDrives() []string { return folders("/Volumes") }
