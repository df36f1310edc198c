package otp

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/big"
	"time"
)

// Limits of MobiPass at the bank.
const (
	// SignTries is how many wrong values in a row block a key (MobiPass L170).
	SignTries = 3
	// MaxNumbers is how many code numbers a key gets, half of those that there are: so
	// a fresh one is always found soon. Then a new envelope is due.
	MaxNumbers = 450_000
	// NumberLife is how long a code number waits for its value. Then it is void.
	NumberLife = 24 * time.Hour
	// MaxUnanswered is how many code numbers of a key may have been given out within
	// NumberLife and got no right value, whether they are still open or void. Somebody
	// who asks for one after the other would need twelve years to use up a key.
	MaxUnanswered = 100
)

// SignState is what the bank keeps of a MobiPass key. The device learns nothing of it.
type SignState struct {
	Issued  int  // code numbers given out
	Wrong   int  // wrong values in a row
	Blocked bool // by wrong values, or by the bank when the phone is lost (L76)
}

// CodeNumber is a code number that was given out for one document.
type CodeNumber struct {
	Number   string
	Document [sha256.Size]byte // what it confirms: a number is of no use for another content
	Done     bool              // its value was accepted
	Void     bool              // the document was edited, its confirmation given up, or NumberLife is over
}

// Issue returns a new code number for a document while it is being signed (L151), and
// the state to store. unanswered is how many of the key's numbers were given out within
// NumberLife and got no right value. take is asked whether a number is new to the key and
// notes it, as an insertion under a unique index does: a number that came twice would
// have the same value, which was seen then. Errors: ErrBlocked, ErrExhausted,
// ErrUnanswered, and take's.
func (s SignState) Issue(document [sha256.Size]byte, unanswered int, take func(number string) (fresh bool, err error)) (SignState, CodeNumber, error) {
	switch {
	case s.Blocked:
		return s, CodeNumber{}, ErrBlocked
	case s.Issued >= MaxNumbers:
		return s, CodeNumber{}, ErrExhausted
	case unanswered >= MaxUnanswered:
		return s, CodeNumber{}, ErrUnanswered
	}
	for range 256 { // each draw is fresh with a chance of one half or more
		n, err := rand.Int(rand.Reader, big.NewInt(900_000))
		if err != nil {
			return s, CodeNumber{}, err
		}
		number := fmt.Sprint(100_000 + n.Int64()) // first digit never 0
		fresh, err := take(number)
		if err != nil {
			return s, CodeNumber{}, fmt.Errorf("noting a code number: %w", err)
		}
		if fresh {
			s.Issued++
			return s, CodeNumber{Number: number, Document: document}, nil
		}
	}
	return s, CodeNumber{}, ErrExhausted
}

// Confirm is the verdict about a value for a code number and the document as it is
// now, with the states to store. The third wrong value in a row blocks the key. Errors:
// ErrWrongCode, after which the value may be entered again (L170); ErrBlocked; ErrVoid;
// ErrUsedCode; and that of the MAC, which leaves both as they were.
func (s SignState) Confirm(mac MAC, c CodeNumber, document [sha256.Size]byte, value string) (SignState, CodeNumber, error) {
	switch {
	case s.Blocked:
		return s, c, ErrBlocked
	case c.Done:
		return s, c, ErrUsedCode
	case c.Void || c.Document != document:
		c.Void = true
		return s, c, ErrVoid
	}
	want, err := mobiSuite.Response(mac, Input{Challenge: c.Number})
	if err != nil {
		return s, c, err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(value)) != 1 {
		s.Wrong++
		s.Blocked = s.Wrong >= SignTries
		return s, c, ErrWrongCode
	}
	s.Wrong, c.Done = 0, true
	return s, c, nil
}
