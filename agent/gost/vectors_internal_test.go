package gost

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// The curves of the examples, RFC 7091, section 7. Keys with them are refused.
var (
	test256 = newCurve(4, 1,
		"8000000000000000000000000000000000000000000000000000000000000431", // p
		"0000000000000000000000000000000000000000000000000000000000000007", // a
		"5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E", // b
		"8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3", // q
		"0000000000000000000000000000000000000000000000000000000000000002", // x
		"08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8", // y
	)
	test512 = newCurve(8, 1,
		"4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D"+ // p
			"F1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373",
		"0000000000000000000000000000000000000000000000000000000000000000"+ // a
			"0000000000000000000000000000000000000000000000000000000000000007",
		"1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC43"+ // b
			"61834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC",
		"4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D"+ // q
			"A82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF",
		"24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762"+ // x
			"FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A",
		"2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C"+ // y
			"83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E",
	)
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// bigEndian returns the number that hex digits stand for.
func bigEndian(t *testing.T, s string) element {
	t.Helper()
	b := unhex(t, s)
	slices.Reverse(b)
	return number(b)
}

// TestRFC7091 computes the two examples with their nonces.
func TestRFC7091(t *testing.T) {
	file, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Source, Curve, D, QX, QY, E, K, R, S string }
	if err := json.Unmarshal(file, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		p := &Params{name: v.Curve, curve: test256, hash: Streebog256}
		if v.Curve == "test512" {
			p = &Params{name: v.Curve, curve: test512, hash: Streebog512}
		}
		key, err := NewPrivateKey(p, reversed(unhex(t, v.D)))
		if err != nil {
			t.Fatal(err)
		}
		if key.public.x != bigEndian(t, v.QX) || key.public.y != bigEndian(t, v.QY) {
			t.Errorf("%s: public key %x", v.Source, key.public.Bytes())
		}
		digest, k := reversed(unhex(t, v.E)), bigEndian(t, v.K)
		r, s, ok := key.signWith(&k, digest)
		if !ok || r != bigEndian(t, v.R) || s != bigEndian(t, v.S) {
			t.Errorf("%s: r %x, s %x, %v", v.Source, r, s, ok)
		}
		if err := key.public.Verify(digest, p.marshalSignature(&r, &s)); err != nil {
			t.Errorf("%s: Verify = %v", v.Source, err)
		}
	}
}
