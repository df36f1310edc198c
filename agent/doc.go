// Package agent holds the rules of a signing agent: which site may ask, what a
// person must see and agree to, when a token is unlocked, and what is written
// into the history before a signature leaves the program.
//
// It declares the ports through which it reaches a token (Tokens, Token, Key, Admin
// where the token can be administered, and MACs where it keeps secret keys), the
// PKCS#11 modules (Drivers), a bank (Enroller, and Renewer where it renews), a person
// (Prompter), the keyring (Vault) and the history (History), and imports nothing but the
// standard library and its own leaves. Where a token lives — in this process, in a
// helper process, in a file — is known to the adapter behind Tokens alone.
//
// The order of a signature is fixed and is the product's main promise:
// origin, turn, consent, password, signature, history record, answer. Each
// step can only refuse; none can be skipped by a page. No consent, no history
// record, no signature.
//
// What may be done with a token itself is judged by the token panel (tokenDesk),
// which windows and command line drive alike: each rule of formatting is asked
// again right before it, and written into the history before it happens. PINs that
// a later step needs are held by the open panel or wizard alone.
//
// A registration (enrollment) is written into the journal step by step, the CKA_ID of
// its key before the key is made. Killed at any moment it goes on from there, and ends
// with one key pair, one certificate and one registration; the bank uses up the PIN of
// the card at the last step alone. The primary key signs nothing but registrations.
//
// One registration at a time: while it is not finished no other token is registered.
// Where its token is lost, or the key is gone from it, the person sets it aside, and the
// history has what it was and why before. Of one whose key is gone the journal keeps that
// key's CKA_ID (Gone), as what is left of it on the token is removed before the next key is
// made. One whose token is lost it keeps with a mark: it is in nobody's way, and goes on only
// if that token is found, with its key, at the same bank. A registration begun for another
// User ID goes on for a new one only when the person says so, with the same key, and not at
// all once the bank was asked to register it. The journal is written by one at a time;
// readers, such as the tray, see what was last on the disk and never wait for it.
//
// Another program, with a journal of its own, may register with the same token. So the
// token is looked at for keys of others before a key is made and after: if both made one at
// the same time, each deletes its own and stops. No certificate was asked for by then.
//
// A page that asks for a registration right after the agent's start is not told that there
// is no token before all places were looked at (settler): it waits, for a bounded time.
//
// A certificate is renewed with the token alone, at any computer, in its last 30 days. One
// that the journal does not know belongs to the bank, of those known here, whose CA issued
// it (issuers): the banks are asked for their CAs' certificates and told nothing. With the
// password the token's certificates then tell how far other computers have come (catchUp),
// which goes into the history, and into the journal as soon as there is a successor. Where
// the journal knows the profile it is renewed at any time that the bank agrees to.
//
// The code generators (generatorDesk) are stored under a key from the keyring, and not
// at all without one; or a SpectraNet token's keys lie in a token that computes with them
// (MACs), which opens the record too. What their kinds can promise in software is said by
// package otp.
package agent
