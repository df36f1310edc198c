package payment

import (
	"math/big"
	"strconv"
	"strings"
	"time"
)

// endTransfer adds the payment whose CdtTrfTxInf has been read.
func (r *reader) endTransfer() error {
	n := len(r.doc.Payments) + 1
	value, ok := normal(r.v[amount], amountFraction)
	if !ok {
		return problem("value:InstdAmt")
	}
	r.sum.Add(&r.sum, scaled(value))
	r.checkAccount(r.v[payeeIBAN], r.v[payeeNumber], n)
	if bic := r.v[bankBIC]; bic != "" && !validBIC(bic) {
		r.doc.flagPayment(FlagBIC, n)
	}
	if mixed(r.v[payee]) || mixed(r.v[bankName]) || !ascii(r.v[bankBIC]) {
		r.doc.flagPayment(FlagConfusable, n)
	}
	r.doc.Payments = append(r.doc.Payments, Payment{
		Payee:     r.shown(payee),
		Account:   r.shown(payeeIBAN) + r.shown(payeeNumber), // a choice: one is empty
		Bank:      join(", ", r.shown(bankName), r.shown(bankBIC), r.shown(bankMember), r.shown(bankNumber)),
		Amount:    value,
		Currency:  r.currency,
		Purpose:   join(": ", r.shown(purposeCode), r.shown(remittance)),
		Reference: r.shown(reference),
	})
	clear(r.v[reference:])
	return nil
}

// endInfo gives the payments of a PmtInf what it says of all of them, and checks
// its sums.
func (r *reader) endInfo() error {
	if m := r.v[method]; m != "TRF" && m != "TRA" { // CHK: a cheque
		return problem("value:PmtMtd")
	}
	if !validDate(r.v[date]) {
		return problem("value:ReqdExctnDt")
	}
	r.checkAccount(r.v[payerIBAN], r.v[payerNumber], r.first+1)
	if mixed(r.v[payer]) {
		r.doc.flagPayment(FlagConfusable, r.first+1)
	}
	name, account := r.shown(payer), r.shown(payerIBAN)+r.shown(payerNumber)
	payments := r.doc.Payments[r.first:]
	for i := range payments {
		payments[i].Payer, payments[i].PayerAccount, payments[i].Date = name, account, r.v[date]
	}
	if err := r.checkSums("PmtInf", infoCount, infoSum, len(payments), &r.sum); err != nil {
		return err
	}
	r.first = len(r.doc.Payments)
	r.total.Add(&r.total, &r.sum)
	r.sum.SetInt64(0)
	clear(r.v[infoCount:])
	return nil
}

// endMessage checks the sums of the header, which counts all of the message.
func (r *reader) endMessage() error {
	return r.checkSums("GrpHdr", headerCount, headerSum, len(r.doc.Payments), &r.total)
}

// checkSums compares NbOfTxs and CtrlSum, where they are given, with the content.
// The control sum adds up amounts whatever their currency.
func (r *reader) checkSums(element string, count, control slot, n int, sum *big.Int) error {
	if s := r.v[count]; s != "" {
		given, err := strconv.Atoi(s)
		if err != nil || !digits(s) {
			return problem("value:NbOfTxs")
		}
		if given != n {
			r.doc.flag(FlagCount, element)
		}
	}
	if s := r.v[control]; s != "" {
		given, ok := normal(s, sumFraction)
		if !ok {
			return problem("value:CtrlSum")
		}
		if scaled(given).Cmp(sum) != 0 {
			r.doc.flag(FlagTotals, element)
		}
	}
	return nil
}

// checkAccount flags an account that cannot be right. One of iban and number is "".
func (r *reader) checkAccount(iban, number string, n int) {
	if iban != "" && !validIBAN(iban) || looksLikeIBAN(number) && !validIBAN(number) {
		r.doc.flagPayment(FlagIBAN, n)
	}
	if !ascii(iban) || !ascii(number) {
		r.doc.flagPayment(FlagConfusable, n)
	}
}

// shown returns a value as a person sees it.
func (r *reader) shown(s slot) string {
	text, marked := clean(r.v[s])
	if marked {
		r.doc.flag(FlagControl, "")
	}
	return text
}

// duplicates flags a payment that is there twice.
func (r *reader) duplicates() {
	if len(r.doc.Payments) < 2 {
		return
	}
	seen := make(map[Payment]bool, len(r.doc.Payments))
	for i, p := range r.doc.Payments {
		p.Reference = ""
		if seen[p] {
			r.doc.flagPayment(FlagDuplicate, i+1)
			return
		}
		seen[p] = true
	}
}

// validDate reports whether s is an XML date or dateTime, with a zone or without.
func validDate(s string) bool {
	for _, layout := range []string{time.DateOnly, time.DateOnly + "Z07:00", "2006-01-02T15:04:05", time.RFC3339} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// join joins the parts that are not empty.
func join(separator string, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p != "" {
			if b.Len() > 0 {
				b.WriteString(separator)
			}
			b.WriteString(p)
		}
	}
	return b.String()
}
