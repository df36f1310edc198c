package payment_test

import (
	"slices"
	"testing"

	"qoltanba/agent/payment"
)

// TestTotals adds up amounts that no floating point number could hold.
func TestTotals(t *testing.T) {
	doc := func(amounts ...string) payment.Document {
		var d payment.Document
		for i := 0; i < len(amounts); i += 2 {
			d.Payments = append(d.Payments, payment.Payment{Amount: amounts[i], Currency: amounts[i+1]})
		}
		return d
	}
	tests := []struct {
		name string
		docs []payment.Document
		want []payment.Total
	}{
		{"none", nil, nil},
		{"other document", []payment.Document{{Kind: payment.KindOther}}, nil},
		{"one", []payment.Document{doc("5", "KZT")}, []payment.Total{{"KZT", "5", 1}}},
		{"tenths", []payment.Document{doc("0.1", "KZT", "0.2", "KZT")}, []payment.Total{{"KZT", "0.3", 2}}},
		{"carry", []payment.Document{doc("0.99", "KZT"), doc("0.01", "KZT")}, []payment.Total{{"KZT", "1.00", 2}}},
		{"long and short", []payment.Document{doc("999999999999999999", "KZT", "0.00001", "KZT")},
			[]payment.Total{{"KZT", "999999999999999999.00001", 2}}},
		{"short after long", []payment.Document{doc("0.25", "KZT", "1", "KZT")}, []payment.Total{{"KZT", "1.25", 2}}},
		{"sorted", []payment.Document{doc("1", "USD", "2", "EUR"), doc("3.5", "USD")},
			[]payment.Total{{"EUR", "2", 1}, {"USD", "4.5", 2}}},
		{"zero", []payment.Document{doc("0.00", "KZT")}, []payment.Total{{"KZT", "0.00", 1}}},
		{"not an amount", []payment.Document{doc("1", "KZT", "1e9", "KZT", "7", "USD")},
			[]payment.Total{{"KZT", "", 2}, {"USD", "7", 1}}},
		{"not as Read writes it", []payment.Document{doc("01", "KZT")}, []payment.Total{{"KZT", "", 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := payment.Totals(tt.docs); !slices.Equal(got, tt.want) {
				t.Errorf("Totals = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestAmounts shows amounts as they are written, without leading zeros.
func TestAmounts(t *testing.T) {
	base := string(samples(t)["single-09.xml"])
	for written, want := range map[string]string{
		"1": "1", "0": "0", "0.00": "0.00", "007": "7", "00.50": "0.50", "10.00000": "10.00000",
		"0000000000000000000001": "1", "123456789012345678": "123456789012345678", "1234567890123.45678": "1234567890123.45678",
	} {
		d := payment.Read("x", "", []byte(change(t, base, `1250000.50</InstdAmt>`, written+`</InstdAmt>`)))
		if len(d.Payments) != 1 || d.Payments[0].Amount != want {
			t.Errorf("amount %q is shown as %v %q, want %q", written, d.Payments, d.Flags, want)
		}
	}
}
