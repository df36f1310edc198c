package text

import (
	"strconv"
	"strings"
	"time"
)

const nbsp = "\u00a0" // keeps a number on one line

// Int writes n with its digits in groups of three: "12 345".
func (l Lang) Int(n int) string { return group(strconv.Itoa(n)) }

// Decimal writes a decimal number given in the notation of ISO 20022
// ("1250000.50") in groups, with the language's decimal sign: "1 250 000,50".
// It changes no digit and rounds nothing. Anything else is returned as it is.
func (l Lang) Decimal(number string) string {
	whole, fraction, point := strings.Cut(number, ".")
	if !digits(strings.TrimPrefix(whole, "-")) || point && !digits(fraction) {
		return number
	}
	if !point {
		return group(whole)
	}
	return group(whole) + l.decimalSign() + fraction
}

// Money writes an amount with its currency code behind it: "1 250 000,50 KZT".
func (l Lang) Money(amount, currency string) string {
	return strings.TrimSuffix(l.Decimal(amount)+nbsp+currency, nbsp)
}

// Date writes the day of a date ("2026-11-21") or of a moment (RFC 3339, in
// the computer's time zone) as people write it. Anything else is returned as
// it is.
func (l Lang) Date(iso string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		moment, err := time.Parse(time.RFC3339, iso)
		if err != nil {
			return iso
		}
		day = moment.Local()
	}
	if l == KK || l == RU {
		return day.Format("02.01.2006")
	}
	return day.Format("2 January 2006")
}

// Size writes a number of bytes in the unit that a person can judge.
func (l Lang) Size(bytes int) string {
	const kib, mib = 1 << 10, 1 << 20
	switch {
	case bytes < kib:
		return l.N(Bytes, bytes)
	case bytes < mib:
		return l.T(Kilobytes, l.tenths(bytes, kib))
	}
	return l.T(Megabytes, l.tenths(bytes, mib))
}

// tenths writes n/unit with one digit behind the decimal sign.
func (l Lang) tenths(n, unit int) string {
	return l.Decimal(strconv.FormatFloat(float64(n)/float64(unit), 'f', 1, 64))
}

func (l Lang) decimalSign() string {
	if l == KK || l == RU {
		return ","
	}
	return "."
}

// group puts spaces between groups of three digits, counted from the right.
func group(number string) string {
	sign, number, cut := strings.Cut(number, "-")
	if !cut {
		sign, number = "", sign
	} else {
		sign = "-"
	}
	var b strings.Builder
	for i, digit := range number {
		if i > 0 && (len(number)-i)%3 == 0 {
			b.WriteString(nbsp)
		}
		b.WriteRune(digit)
	}
	return sign + b.String()
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
