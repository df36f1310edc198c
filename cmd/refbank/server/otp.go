package server

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"qoltanba/cmd/refbank/store"
)

// Code generators: a SpectraNet token's code for logging in and for each order, and a
// MobiPass's value for the code number of an order. Whatever is wrong with a code, a
// person is told one sentence and the log the rest.

// loginByCode opens a session for the client whose token shows the code:
//
//	{"user": "…", "code": "123456"}
//	200 {"company": "…"}
//	401 {"error": "code"}; 429 {"error": "code-wait"} with Retry-After
func (s *Server) loginByCode(w http.ResponseWriter, r *http.Request) {
	var request struct {
		User string `json:"user"`
		Code string `json:"code"`
	}
	if !s.readJSON(w, r, codeBody, &request) {
		return
	}
	now, cookie := time.Now(), rand.Text()
	client, err := s.Store.LoginByCode(r.Context(), store.CodeLogin{
		UserID: squeeze(request.User), Code: squeeze(request.Code), Caller: caller(r),
		Before: s.cookie(r, sessionCookie), Cookie: cookie, Life: sessionLife,
	}, now)
	if wait, ok := errors.AsType[*store.WaitError](err); ok {
		s.Logger.Info("login refused", "err", err)
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Until.Sub(now)/time.Second)+1))
		s.refuse(w, http.StatusTooManyRequests, "code-wait")
		return
	}
	if errors.Is(err, store.ErrCode) {
		s.Logger.Info("login refused", "err", err)
		s.refuse(w, http.StatusUnauthorized, "code")
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.setCookie(w, sessionCookie, cookie, 0)
	s.writeJSON(w, http.StatusOK, map[string]string{"company": client.Company})
}

// caller is by what wrong codes are counted. Headers of proxies are not looked at, as
// anybody can write them; a bank behind a proxy of its own has to.
func caller(r *http.Request) string {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "" // a caller like any other: all of them together
	}
	return store.CallerOf(address.Addr())
}

// confirmByCode judges a token's code for an order:
//
//	{"code": "123456"}
//	200 codeResult, also when it is refused
func (s *Server) confirmByCode(w http.ResponseWriter, r *http.Request, client store.Client) {
	var request struct {
		Code string `json:"code"`
	}
	if !s.readJSON(w, r, codeBody, &request) {
		return
	}
	sig, err := s.Store.ConfirmByCode(r.Context(), client.UserID, r.PathValue("id"), squeeze(request.Code), time.Now())
	s.answerCode(w, r, sig, err)
}

// confirmByValue judges a MobiPass's value for the code number of an order:
//
//	{"value": "123456"}
//	200 codeResult, also when it is refused
//	409 {"error": "no-number"}, {"error": "mobipass"}
func (s *Server) confirmByValue(w http.ResponseWriter, r *http.Request, client store.Client) {
	var request struct {
		Value string `json:"value"`
	}
	if !s.readJSON(w, r, codeBody, &request) {
		return
	}
	sig, err := s.Store.ConfirmByValue(r.Context(), client.UserID, r.PathValue("id"), squeeze(request.Value), time.Now())
	s.answerCode(w, r, sig, err)
}

// answerCode answers a verdict about a code or value.
func (s *Server) answerCode(w http.ResponseWriter, r *http.Request, sig store.Signature, err error) {
	if errors.Is(err, store.ErrCode) {
		s.Logger.Info("code refused", "order", sig.OrderID, "err", err)
	} else if err != nil {
		s.failMobi(w, r, err)
		return
	}
	s.writeJSON(w, http.StatusOK, newCodeResult(sig, err))
}

// issueNumber makes the code number that the MobiPass page of the order shows. It is
// the same until its value was accepted, the client goes back to editing, or a day is over:
//
//	200 {"number": "338609"}
//	409 {"error": "mobipass"}, {"error": "accepted"}, {"error": "withdrawn"}; 429 {"error": "numbers-wait"}
func (s *Server) issueNumber(w http.ResponseWriter, r *http.Request, client store.Client) {
	number, err := s.Store.IssueNumber(r.Context(), client.UserID, r.PathValue("id"), time.Now())
	if err != nil {
		s.failMobi(w, r, err)
		return
	}
	s.writeJSON(w, http.StatusOK, map[string]string{"number": number})
}

// voidNumber is "Вернуться к редактированию": the code number is void from then on.
func (s *Server) voidNumber(w http.ResponseWriter, r *http.Request, client store.Client) {
	if err := s.Store.VoidNumber(r.Context(), client.UserID, r.PathValue("id")); err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, http.StatusOK, map[string]string{})
}

// failMobi answers what keeps a MobiPass from being used; the rest goes to fail.
func (s *Server) failMobi(w http.ResponseWriter, r *http.Request, err error) {
	for _, m := range []struct {
		err    error
		status int
		word   string
	}{
		{store.ErrNoNumber, http.StatusConflict, "no-number"},
		{store.ErrNoMobiPass, http.StatusConflict, "mobipass"},
		{store.ErrAccepted, http.StatusConflict, "accepted"},
		{store.ErrWithdrawn, http.StatusConflict, "withdrawn"},
		{store.ErrManyNumbers, http.StatusTooManyRequests, "numbers-wait"},
	} {
		if errors.Is(err, m.err) {
			s.Logger.Info("no confirmation", "err", err)
			s.refuse(w, m.status, m.word)
			return
		}
	}
	s.fail(w, r, err)
}

// mobiPassPage shows the code number of the order and takes its value (MobiPass
// L166-L178). Without a code number it leads to the order.
func (s *Server) mobiPassPage(w http.ResponseWriter, r *http.Request, client store.Client) {
	order, err := s.Store.Order(r.Context(), client.UserID, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	number, err := s.Store.Number(r.Context(), client.UserID, order.ID, time.Now())
	if errors.Is(err, store.ErrNoNumber) || err == nil && order.State != store.Issued {
		http.Redirect(w, r, "/orders/"+order.ID, http.StatusSeeOther)
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "mobipass", view{Client: &client, Order: order, Number: number})
}

// devices fills in which code generators the client has, and what the session may do with
// them. Whether they are blocked is told by using them.
func (s *Server) devices(r *http.Request, v view) (view, error) {
	_, err := s.Store.SpectraTokenOf(r.Context(), v.Client.UserID)
	v.SpectraNet, v.ByKey = err == nil, s.byKey(r)
	if err == nil || errors.Is(err, store.ErrNotFound) {
		_, err = s.Store.MobiPassOf(r.Context(), v.Client.UserID)
		v.MobiPass = err == nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return v, err
	}
	return v, nil
}
