package payment

import (
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Digits of an amount (ISO 20022 ActiveOrHistoricCurrencyAndAmount) and of a
// control sum (DecimalNumber).
const (
	maxDigits      = 18
	amountFraction = 5
	sumFraction    = 17
)

// normal returns an XML decimal as plain digits without leading zeros. It refuses
// signs, a point without digits on both sides, more fraction digits than given and
// more than 18 digits in all: what a schema might allow and a person never writes.
func normal(s string, fraction int) (string, bool) {
	whole, part, point := strings.Cut(s, ".")
	if whole == "" || point && part == "" || len(part) > fraction || !digits(whole) || !digits(part) {
		return "", false
	}
	whole = strings.TrimLeft(whole[:len(whole)-1], "0") + whole[len(whole)-1:]
	if len(whole)+len(part) > maxDigits {
		return "", false
	}
	if point {
		return whole + "." + part, true
	}
	return whole, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// scaled returns a decimal that normal has returned as an integer of 10⁻¹⁷.
func scaled(s string) *big.Int {
	whole, part, _ := strings.Cut(s, ".")
	n, _ := new(big.Int).SetString(whole+part+strings.Repeat("0", sumFraction-len(part)), 10)
	return n
}

// unscaled returns n, an integer of 10⁻¹⁷, with the given number of fraction digits.
func unscaled(n *big.Int, fraction int) string {
	s := n.String()
	if len(s) <= sumFraction {
		s = strings.Repeat("0", sumFraction+1-len(s)) + s
	}
	whole, part := s[:len(s)-sumFraction], s[len(s)-sumFraction:]
	if fraction == 0 {
		return whole
	}
	return whole + "." + part[:fraction]
}

// Total is the sum of the payments in one currency.
type Total struct {
	Currency string `json:"currency"`
	// Amount is exact, with as many fraction digits as the longest of the
	// amounts. It is empty if one of them is not as Read writes it.
	Amount string `json:"amount"`
	Count  int    `json:"count"` // payments
}

// Totals adds up the payments of all documents for each currency, sorted by
// currency. Documents that are not payments count nothing.
func Totals(docs []Document) []Total {
	type sum struct {
		n        big.Int
		fraction int
		count    int
		broken   bool
	}
	sums := make(map[string]*sum)
	for _, d := range docs {
		for _, p := range d.Payments {
			s := sums[p.Currency]
			if s == nil {
				s = new(sum)
				sums[p.Currency] = s
			}
			s.count++
			amount, ok := normal(p.Amount, amountFraction)
			if !ok || amount != p.Amount {
				s.broken = true
				continue
			}
			_, part, _ := strings.Cut(amount, ".")
			s.fraction = max(s.fraction, len(part))
			s.n.Add(&s.n, scaled(amount))
		}
	}
	totals := make([]Total, 0, len(sums))
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		s := sums[currency]
		t := Total{Currency: currency, Count: s.count}
		if !s.broken {
			t.Amount = unscaled(&s.n, s.fraction)
		}
		totals = append(totals, t)
	}
	return totals
}
