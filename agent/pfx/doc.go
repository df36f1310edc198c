// Package pfx reads PKCS#12 files (RFC 7292) as banks hand them out.
//
// They come from many programs: in BER with indefinite lengths and octet
// strings in pieces, encrypted with RC2-40, 3DES or AES, and with keys that
// crypto/x509 does not know, such as those of GOST. So a key is given out as its
// PKCS#8 structure, and whoever knows its algorithm reads it. Nothing is
// written: a file that Read does not take is refused, never mended.
//
// The MAC is checked over the bytes of the file, before anything is decrypted.
// It is wrong both for a wrong password and for a damaged file, and nothing in
// the format tells these apart; what is not even a PKCS#12 structure is
// ErrDamaged. A file without a MAC is refused: its certificate and its key could
// have been put together by anybody.
//
// What is decrypted is wiped by File.Wipe. Copies that crypto packages of the
// standard library make inside are not.
package pfx
