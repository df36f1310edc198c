package server

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"qoltanba/agent/otp"
	"qoltanba/cmd/refbank/store"
)

// Tokens whose clock is wrong. Most of them are programs that go by the clock of the
// computer, so to set that is what a person is told first.
//
// Who is logged in and gives a code of another time is told by how many minutes; what
// keeps that from helping a guesser is at otp.ClockError. Who is not logged in is told
// nothing (otp.CodeState.CheckLogin): there the page compares the computer's clock with
// the time of the bank's answer, which is no secret and has nothing to do with the code.

// keySession begins the cookies of sessions that a key opened. The store knows cookies by
// their digest alone, so one that says so and was not made so opens nothing.
const keySession = "key-"

// byKey tells whether a session, which is there, was opened with the client's key.
func (s *Server) byKey(r *http.Request) bool {
	return strings.HasPrefix(s.cookie(r, sessionCookie), keySession)
}

// codeResult is a verdict about a code. Minutes goes with the reason "clock": by how many
// the token's clock is ahead or, negative, behind; none means that it is right and the
// bank expected it to be wrong.
type codeResult struct {
	result
	Minutes int `json:"minutes,omitempty"`
}

func newCodeResult(sig store.Signature, refused error) codeResult {
	res := codeResult{result: result{Order: sig.OrderID, Verdict: sig.Verdict, Reason: sig.Reason}}
	if off, ok := errors.AsType[*otp.ClockError](refused); ok {
		res.Minutes = otp.ClockMinutes(off.Steps)
	}
	return res
}

// findClock has the bank go by the clock of the client's token, by two codes of it, one
// after the other:
//
//	{"first": "123456", "second": "654321"}
//	200 {"minutes": 5}
//	403 {"error": "clock-key"}; 409 {"error": "clock-codes"}
//
// It needs a session that a key opened. Codes are good for longer once the clock was moved:
// whoever saw three in a row, and has no more than a session by code, could spend the third
// of them minutes later. With the key at hand there are no codes to steal: it signs orders.
func (s *Server) findClock(w http.ResponseWriter, r *http.Request, client store.Client) {
	var request struct {
		First  string `json:"first"`
		Second string `json:"second"`
	}
	if !s.byKey(r) {
		s.refuse(w, http.StatusForbidden, "clock-key")
		return
	}
	if !s.readJSON(w, r, codeBody, &request) {
		return
	}
	drift, err := s.Store.FindClock(r.Context(), client.UserID, squeeze(request.First), squeeze(request.Second), time.Now())
	switch {
	case err == nil:
		s.Logger.Info("clock of a token found", "steps", drift)
		s.writeJSON(w, http.StatusOK, map[string]int{"minutes": otp.ClockMinutes(drift)})
	case errors.Is(err, otp.ErrWrongCode), errors.Is(err, otp.ErrBlocked), errors.Is(err, store.ErrNotFound):
		s.Logger.Info("clock of a token not found", "err", err)
		s.refuse(w, http.StatusConflict, "clock-codes")
	default:
		s.fail(w, r, err)
	}
}
