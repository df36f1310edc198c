package bank_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"qoltanba/agent"
	"qoltanba/agent/bank"
	"qoltanba/agent/otp"
)

// M19: the lengths of the parts are data of the bank, and so is the check digit (M20).
func TestM19M20Parts(t *testing.T) {
	with := func(mobipass string) (*bank.Descriptor, error) {
		return bank.Parse([]byte(strings.Replace(good, `"support"`, `"mobipass":`+mobipass+`,"support"`, 1)))
	}
	for text, want := range map[string]otp.PartRule{
		`{"parts":[8,7,8,8]}`:                   {Lengths: []int{8, 7, 8, 8}},
		`{"parts":[8,7,8,8],"check":false}`:     {Lengths: []int{8, 7, 8, 8}},
		`{"parts":[8,8,8,8],"check":true}`:      otp.OurParts,
		`{"parts":[6,6,6,6],"check":true}`:      {Lengths: []int{6, 6, 6, 6}, Check: true},
		`{"parts":[16,16,16,16],"check":false}`: {Lengths: []int{16, 16, 16, 16}},
	} {
		d, err := with(text)
		if err != nil || d.MobiPass == nil || !reflect.DeepEqual(d.MobiPass.Rule(), want) {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
	for _, text := range []string{
		`{}`, `{"parts":[8,8,8]}`, `{"parts":[8,8,8,8,8]}`, `{"parts":[8,8,8,17]}`, `{"parts":[8,8,8,1]}`, `{"parts":[8,8,8,-8]}`,
		`{"parts":[5,5,5,5],"check":true}`, `{"parts":[8,8,8,8],"digits":8}`, `{"parts":"8888"}`,
	} {
		if d, err := with(text); !errors.Is(err, agent.ErrInvalid) {
			t.Errorf("%s: %+v, %v, want ErrInvalid", text, d, err)
		}
	}
	if d, err := bank.Parse([]byte(good)); err != nil || d.MobiPass != nil {
		t.Errorf("without: %v, %v", d, err)
	}
}
