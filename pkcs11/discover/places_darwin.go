package discover

// host returns the folders of this computer. Homebrew's belong to the person.
func host() places {
	return places{
		folders: []string{
			"/usr/local/lib", "/usr/local/lib/pkcs11", "/usr/local/lib/softhsm", "/Library/OpenSC/lib",
			"/opt/homebrew/lib", "/opt/homebrew/lib/pkcs11", "/opt/homebrew/lib/softhsm",
		},
		bundles: "/Library/Frameworks",
	}
}
