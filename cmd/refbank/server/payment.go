package server

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Payment is what a client fills in to make an order. Spaces around and inside
// IBAN, BIC and amount do not count.
type Payment struct {
	Payee    string `json:"payee"`
	IBAN     string `json:"iban"`
	BIC      string `json:"bic"` // of the payee's bank
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	KNP      string `json:"knp"` // code of the payment's purpose, three digits
	Purpose  string `json:"purpose"`
}

// FieldErrors gives the name of a field (as in JSON) the word for what is wrong
// with it. The text is found under "error." and that word.
type FieldErrors map[string]string

// Currencies are those that an order can be made in.
var Currencies = []string{"KZT", "USD", "EUR", "RUB", "CNY"}

var (
	ibanForm   = regexp.MustCompile(`^KZ[0-9]{5}[0-9A-Z]{13}$`)
	bicForm    = regexp.MustCompile(`^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$`) // ISO 9362
	amountForm = regexp.MustCompile(`^[0-9]{1,12}([.,][0-9]{1,2})?$`)
	knpForm    = regexp.MustCompile(`^[0-9]{3}$`)
)

// maxText is the length of the text elements in pain.001 (Max140Text), in
// characters.
const maxText = 140

// A validPayment is a Payment that keeps all rules.
type validPayment struct {
	Payment
	amount int64 // hundredths
}

// check returns the payment in its one spelling, or what is wrong with it, all
// fields at once.
func (p Payment) check() (validPayment, FieldErrors) {
	errs := FieldErrors{}
	v := validPayment{Payment: Payment{
		Payee:    strings.Join(strings.Fields(p.Payee), " "),
		IBAN:     strings.ToUpper(squeeze(p.IBAN)),
		BIC:      strings.ToUpper(squeeze(p.BIC)),
		Amount:   squeeze(p.Amount),
		Currency: p.Currency,
		KNP:      strings.TrimSpace(p.KNP),
		Purpose:  strings.Join(strings.Fields(p.Purpose), " "),
	}}
	for field, text := range map[string]string{"payee": v.Payee, "purpose": v.Purpose} {
		if word := checkText(text); word != "" {
			errs[field] = word
		}
	}
	if !ibanForm.MatchString(v.IBAN) {
		errs["iban"] = "iban-form"
	} else if !ibanSum(v.IBAN) {
		errs["iban"] = "iban-sum"
	}
	if !bicForm.MatchString(v.BIC) {
		errs["bic"] = "bic"
	}
	if !knpForm.MatchString(v.KNP) {
		errs["knp"] = "knp"
	}
	if !slices.Contains(Currencies, v.Currency) {
		errs["currency"] = "currency"
	}
	if v.amount = parseAmount(v.Amount); v.amount <= 0 {
		errs["amount"] = "amount"
	}
	v.Amount = formatAmount(v.amount)
	return v, errs
}

// checkText refuses what XML can not carry or what a person would not see as it
// is: control characters and those that change the direction of writing.
func checkText(s string) string {
	switch {
	case s == "":
		return "empty"
	case utf8.RuneCountInString(s) > maxText:
		return "too-long"
	}
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return "letters"
		}
	}
	return ""
}

// ibanSum computes the check of ISO 13616: the first four characters go to the
// end, letters become 10 to 35, and the number is 1 modulo 97.
func ibanSum(iban string) bool {
	var digits strings.Builder
	for _, r := range iban[4:] + iban[:4] {
		n, err := strconv.ParseInt(string(r), 36, 0)
		if err != nil {
			return false
		}
		digits.WriteString(strconv.FormatInt(n, 10))
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// parseAmount returns hundredths, or 0 for what is no amount.
func parseAmount(s string) int64 {
	if !amountForm.MatchString(s) {
		return 0
	}
	whole, fraction, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// formatAmount writes hundredths as pain.001 wants them: 1250.75.
func formatAmount(hundredths int64) string {
	s := strconv.FormatInt(hundredths, 10)
	for len(s) < 3 {
		s = "0" + s
	}
	return s[:len(s)-2] + "." + s[len(s)-2:]
}

// squeeze takes out all spaces, with which people group digits.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
