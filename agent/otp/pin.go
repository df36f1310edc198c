package otp

// PINLen is the length of a PIN of both devices (MobiPass L70, SpectraNet L7).
const PINLen = 4

// CheckNewPIN refuses what is not four digits (ErrPINForm) and what is too easy
// (ErrPINTrivial): four equal digits, or digits that rise or fall by one, also
// around 9 and 0. These are 30 of 10,000; the MobiPass guide names 1234, 1111 and
// 5555 "и т.п." (L74).
func CheckNewPIN(pin []byte) error {
	if err := checkPIN(pin); err != nil {
		return err
	}
	step := (pin[1] + 10 - pin[0]) % 10
	for i := 2; i < len(pin); i++ {
		if (pin[i]+10-pin[i-1])%10 != step {
			return nil
		}
	}
	if step == 0 || step == 1 || step == 9 {
		return ErrPINTrivial
	}
	return nil
}

func checkPIN(pin []byte) error {
	if len(pin) != PINLen || !digits(pin) {
		return ErrPINForm
	}
	return nil
}

func digits[T string | []byte](text T) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
