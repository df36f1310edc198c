package bridge

import (
	"encoding/json"
	"testing"
)

// What signResult writes by itself is what package encoding/json writes.
func TestSignResultAppendJSON(t *testing.T) {
	tries := 2
	lost := &itemError{Code: -32021, Message: "the token was removed", errorData: errorData{Name: "token-lost"}}
	wrong := &itemError{Code: codePIN, Message: "the password is wrong", errorData: errorData{Name: "pin", Retries: &tries}}
	signature := func(i int) signatureResult { return signatureResult{Index: i, CMS: []byte("\x30\x03\x02\x01\xff")} }
	for name, r := range map[string]signResult{
		"one":    {Complete: true, Signatures: []signatureResult{signature(0)}},
		"some":   {Complete: true, Signatures: []signatureResult{signature(0), signature(1), signature(9999)}},
		"partly": {Signatures: []signatureResult{signature(0), {Index: 1, Error: lost}, signature(2), {Index: 3, Error: wrong}}},
		"none":   {Signatures: []signatureResult{}},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.AppendJSON([]byte("before "))
			if err != nil || string(got) != "before "+string(want) {
				t.Errorf("AppendJSON = %s, %v\nwant %s", got, err, want)
			}
		})
	}
}
