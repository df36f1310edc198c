// Package pkcs11 reaches tokens through vendors' PKCS#11 modules.
//
// Two bindings share one library. crypto11 finds keys, signs and generates; it
// is opened without a PIN and never sees one. A miekg context of our own
// watches the slots and holds one session beside crypto11 for the PIN, for
// certificates and for GOST. The order matters: crypto11 cannot be configured on a
// library that somebody else initialized, while our context does not mind. So
// while no token is open the library is initialized by us; Module.Open
// finalizes it and lets crypto11 initialize it; the last Token.Close lets
// crypto11 finalize it, and the next look at the slots initializes it again.
//
// crypto11 cannot read GOST keys, and one of them makes it give up a whole list. So
// it is asked for one CKA_ID and key type at a time, and GOST keys are found, made
// and signed with in our own session.
//
// Secret keys (agent.MACs) are in our session too: crypto11 does not say what an
// imported key is to look like. One is imported as private, sensitive and not
// extractable, in a length that every token takes, and stays only when the token says
// that it is so and computes the HMAC that it should.
//
// Being logged in is a state of the token and shared by all sessions of the
// process. A token that is logged in accepts every PIN at a second login, so a
// PIN is checked by Logout and Login on our own session only. Logging out also
// kills the handles of private keys; a Key finds its handle again by CKA_ID
// after each login.
//
// A call into a vendor's library cannot be interrupted. When the context of a
// method ends first, the method returns at once while the call goes on in its
// goroutine; calls that need the same session wait for it. Libraries stay
// loaded until the process ends, because unloading one under such a call would
// crash. A library that hangs or crashes takes its process along: so this package
// runs in a helper process for each library (package pkcs11/remote).
//
// Formatting is C_InitToken, for which no session may be open: Token.Format ends
// every session with that token, lets crypto11 go, and looks at the slots once
// more. A token that was never formatted takes no session at all; it is opened as
// one that can be formatted and nothing else.
//
// PINs cross into C as copies that the bindings free without wiping; no claim
// is made about them.
package pkcs11
