package agent

import (
	"slices"
	"strings"

	"qoltanba/agent/payment"
)

// TokenGenerator is a code generator whose keys lie on a token, and go when the token
// is formatted.
type TokenGenerator struct {
	Name   string `json:"name"`   // as the person called it; "" for one that is not stored here
	Serial string `json:"serial"` // or "" where nothing tells it
}

// generatorsOn lists the code generators on a token: those that are stored here with
// their keys there, which need no PIN to be known, and those of another computer whose
// keys are among the objects. checked says that every object is: a generator whose keys
// are gone is not listed then.
func (a *Agent) generatorsOn(id TokenID, objects []Object, checked bool) []TokenGenerator {
	var all []TokenGenerator
	left := slices.DeleteFunc(slices.Clone(objects), func(o Object) bool { return !ofGenerator(o) })
	for _, d := range a.stored.on(id) { // one that cannot be read is named by its keys
		before := len(left)
		var keys []string
		for _, name := range heldNames {
			keys = append(keys, string(heldID(d.id, name)))
		}
		left = slices.DeleteFunc(left, func(o Object) bool { return slices.Contains(keys, string(o.ID)) })
		if !checked || len(left) < before {
			all = append(all, TokenGenerator{Name: d.meta.Name, Serial: d.meta.Serial})
		}
	}
	for _, o := range left {
		other := TokenGenerator{Serial: generatorName(payment.Visible(heldSerial(o.Label)))}
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all
}

// ofGenerator tells whether an object is a secret key of a code generator of ours, on
// whatever computer it was added: by its CKA_LABEL, and by having a CKA_ID as ours have,
// which a data object has not.
func ofGenerator(o Object) bool {
	return o.Kind == ObjectOther && len(o.ID) == heldIDLen && strings.HasPrefix(o.Label, LabelPrefix) &&
		slices.ContainsFunc(heldNames, func(name string) bool { return strings.HasSuffix(o.Label, " "+name) })
}

// heldSerial is the serial number in the label of a generator's key.
func heldSerial(label string) string {
	label = strings.TrimPrefix(label, LabelPrefix)
	if i := strings.LastIndexByte(label, ' '); i >= 0 {
		return label[:i]
	}
	return ""
}
