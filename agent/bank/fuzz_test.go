package bank_test

import (
	"encoding/asn1"
	"errors"
	"reflect"
	"slices"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/agenttest"
	"qoltanba/agent/bank"
)

func TestTerms(t *testing.T) {
	for _, c := range []struct {
		name string
		der  string
		want agent.Terms
		bad  error
	}{
		{name: "nothing"},
		{name: "none", der: "\x30\x00"},
		// challengePassword, and id-ecPublicKey with P-256 and P-384
		{name: "curves", der: "\x30\x29\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07" +
			"\x30\x1c\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x31\x11\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x06\x05\x2b\x81\x04\x00\x22",
			want: agent.Terms{Algorithms: []agent.KeyAlgorithm{agent.P256, agent.P384}}},
		// rsaEncryption with 1024, 2048
		{name: "moduli", der: "\x30\x17\x30\x15\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x31\x08\x02\x02\x04\x00\x02\x02\x08\x00",
			want: agent.Terms{Algorithms: []agent.KeyAlgorithm{agent.RSA2048}}},
		// Identifiers alone.
		{name: "any RSA", der: "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
			want: agent.Terms{Algorithms: []agent.KeyAlgorithm{agent.RSA2048, agent.RSA3072}}},
		{name: "any curve", der: "\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
			want: agent.Terms{Algorithms: []agent.KeyAlgorithm{agent.P256, agent.P384}}},
		{name: "P-521 and P-256", der: "\x30\x1e\x30\x1c\x06\x07\x2a\x86\x48\xce\x3d\x02\x01" +
			"\x31\x11\x06\x05\x2b\x81\x04\x00\x23\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
			want: agent.Terms{Algorithms: []agent.KeyAlgorithm{agent.P256}}},
		// What is not made here.
		{name: "RSA 4096", der: "\x30\x13\x30\x11\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x31\x04\x02\x02\x10\x00", bad: agent.ErrKeyKind},
		{name: "P-521", der: "\x30\x14\x30\x12\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x31\x07\x06\x05\x2b\x81\x04\x00\x23", bad: agent.ErrKeyKind},
		{name: "text for a number", der: "\x30\x13\x30\x11\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x31\x04\x0c\x02hi", bad: agent.ErrBank},
		{name: "no sequence", der: "\x04\x00", bad: agent.ErrBank},
		{name: "more after it", der: "\x30\x00\x00", bad: agent.ErrBank},
	} {
		got, err := bank.ReadTerms([]byte(lines([]byte(c.der))))
		if !errors.Is(err, c.bad) || c.bad == nil && err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("ReadTerms(%s) = %v, %v, want %v, %v", c.name, got, err, c.want, c.bad)
		}
	}
}

// K56: the periods of the contract come with the check.
func TestK56PeriodsAreTold(t *testing.T) {
	s := start(t)
	// PeriodOID with 12 and 24, as the reference bank writes it.
	s.terms = periods(t, 12, 24)
	got, err := s.client(0).Check(t.Context(), s.applicant)
	if want := (agent.Terms{Months: []int{12, 24}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Check = %v, %v, want %v", got, err, want)
	}
}

// A window lists the periods, and a token tries the kinds of keys one after the other: a
// bank that names thousands is not listened to.
func TestManyTerms(t *testing.T) {
	s := start(t)
	s.terms = periods(t, slices.Repeat([]int{12}, 10_000)...)
	if got, err := s.client(0).Check(t.Context(), s.applicant); !errors.Is(err, agent.ErrBank) {
		t.Errorf("Check = %d periods, %v, want ErrBank", len(got.Months), err)
	}
	many, err := asn1.Marshal(slices.Repeat([]int{12}, 10_000))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := bank.Periods(many); !errors.Is(err, agent.ErrBank) {
		t.Errorf("over CMP: %d periods, %v, want ErrBank", len(got.Months), err)
	}
	kinds, err := asn1.Marshal(slices.Repeat([]asn1.ObjectIdentifier{{1, 2, 840, 10045, 2, 1}}, 10_000))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := bank.ReadTerms([]byte(lines(kinds))); !errors.Is(err, agent.ErrBank) {
		t.Errorf("%d kinds of keys, %v, want ErrBank", len(got.Algorithms), err)
	}
}

func FuzzReadCerts(f *testing.F) {
	ca := agenttest.NewCA("CA").Certificate()
	f.Add([]byte(lines(certsOnly(ca))))
	f.Add([]byte(lines(certsOnly(ca, ca))))
	f.Add([]byte("MAA="))
	f.Fuzz(func(t *testing.T, body []byte) {
		if certs, err := bank.ReadCerts(body); (err == nil) != (len(certs) > 0) {
			t.Errorf("ReadCerts = %d certificates, %v", len(certs), err)
		}
	})
}

func FuzzReadTerms(f *testing.F) {
	f.Add([]byte(lines(periods(f, 12, 24))))
	f.Add([]byte("MAA="))
	f.Fuzz(func(t *testing.T, body []byte) {
		terms, err := bank.ReadTerms(body)
		for _, m := range terms.Months {
			if m <= 0 || err != nil {
				t.Errorf("ReadTerms = %v, %v", terms, err)
			}
		}
	})
}

// FuzzPeriods reads what a CA says over CMP of the contract's periods.
func FuzzPeriods(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte("\x30\x00"))
	f.Add([]byte("\x30\x06\x02\x01\x0c\x02\x01\x18"))
	f.Add([]byte("\x30\x03\x02\x01\x00"))
	f.Add([]byte("\x30\x03\x0c\x01A"))
	f.Fuzz(func(t *testing.T, der []byte) {
		terms, err := bank.Periods(der)
		if err != nil && (!errors.Is(err, agent.ErrBank) || terms.Months != nil) {
			t.Errorf("%v, %v", terms, err)
		}
		for _, months := range terms.Months {
			if months <= 0 {
				t.Errorf("a period of %d months", months)
			}
		}
	})
}
