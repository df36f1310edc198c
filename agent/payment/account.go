package payment

import (
	"strings"
	"unicode"
)

// kzLength is the length of a Kazakh IBAN (SWIFT IBAN registry): KZ, two check
// digits, three of the bank, thirteen of the account.
const kzLength = 20

// validIBAN reports whether s is an IBAN in its electronic form with right check
// digits (ISO 13616, ISO 7064 MOD 97-10).
func validIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 || !upper(s[:2]) || !digits(s[2:4]) {
		return false
	}
	if strings.HasPrefix(s, "KZ") && len(s) != kzLength {
		return false
	}
	rest := 0
	for i := range len(s) {
		switch c := s[(i+4)%len(s)]; {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// looksLikeIBAN reports whether an account number of another scheme is meant to
// be a Kazakh IBAN, which many programs write there.
func looksLikeIBAN(s string) bool {
	return len(s) == kzLength && strings.HasPrefix(s, "KZ") && digits(s[2:4])
}

// validBIC reports whether s has the form of a BIC (ISO 9362:2014).
func validBIC(s string) bool {
	if len(s) != 8 && len(s) != 11 || !upper(s[4:6]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func upper(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

// ascii reports whether s has ASCII characters only, as all account numbers have.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// mixed reports whether one word of s has Latin letters and letters of another
// alphabet, such as a Cyrillic а inside "Bаnk". Words of different alphabets
// beside each other ("ТОО Alpha") are common and fine.
func mixed(s string) bool {
	if ascii(s) {
		return false
	}
	latin, other := false, false
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			latin, other = false, false
		case r < 0x80 || unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Lisu):
			other = true
		}
		if latin && other {
			return true
		}
	}
	return false
}
