// Package agenttest holds what tests of the agent need: tokens, a bank, a keyring
// and a history in memory, a person who answers by a script, and the contracts that
// every adapter behind the ports Tokens and Enroller must keep.
//
// A contract is a function for each kind of adapter (TestToken, TestReadOnlyToken,
// TestGOST, TestReadOnlyGOST, TestEnroller, TestFirstCertificate …), which runs every
// rule that the kind must keep on a fixture of its own.
//
// The tokens use real keys and certificates of a small CA, so what they sign
// can be verified by anything. Nothing here sleeps: a test that must act in
// the middle of an operation holds the operation (Token.Hold, Person's Hold)
// and is told by a channel when it has been reached, which works under
// testing/synctest as well. Certificates are valid from 1999 to 2099, so that
// the clock of a synctest bubble, which begins in 2000, finds them valid.
package agenttest
