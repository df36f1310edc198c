package agent

// TokenState is what the agent knows of the token it works with.
type TokenState string

// The states of a token, in the order a day brings them.
const (
	TokenAbsent   TokenState = "absent"   // none connected
	TokenLocked   TokenState = "locked"   // connected, no password entered
	TokenUnlocked TokenState = "unlocked" // the password was entered, the private keys work
	TokenBlocked  TokenState = "blocked"  // the token refuses every password
)

// TokenEvent is what happens to a token.
type TokenEvent string

// The events of a token.
const (
	TokenInserted   TokenEvent = "inserted"
	TokenRemoved    TokenEvent = "removed"    // also: session lost
	TokenLoggedIn   TokenEvent = "logged-in"  // right password
	TokenLoggedOut  TokenEvent = "logged-out" // lock now, idle lock, end of a request
	TokenPINBlocked TokenEvent = "pin-blocked"
	TokenUnblocked  TokenEvent = "unblocked" // the administrator set the PIN anew
)

// Next is total: an event that means nothing in a state leaves it as it is.
func (s TokenState) Next(e TokenEvent) TokenState {
	switch e {
	case TokenRemoved:
		return TokenAbsent
	case TokenInserted:
		if s == TokenAbsent {
			return TokenLocked
		}
	case TokenPINBlocked:
		if s != TokenAbsent {
			return TokenBlocked
		}
	case TokenLoggedIn:
		if s == TokenLocked || s == TokenBlocked { // unblocked elsewhere
			return TokenUnlocked
		}
	case TokenUnblocked:
		if s == TokenBlocked {
			return TokenLocked
		}
	case TokenLoggedOut:
		if s == TokenUnlocked {
			return TokenLocked
		}
	}
	return s
}
