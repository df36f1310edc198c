package pfx

// Look returns the certificates that a file shows to everybody, and whether it has
// an encrypted part that may hold others. Nothing vouches for what it returns: the
// MAC needs the password.
func Look(file []byte) (certificates []Certificate, sealed bool, err error) {
	_, content, err := open(file)
	if err != nil {
		return nil, false, err
	}
	r := reader{file: &File{}, looking: true}
	if err := r.safe(content); err != nil {
		return nil, false, err
	}
	return r.file.Certificates, r.sealed, nil
}
