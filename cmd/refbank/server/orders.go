package server

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"time"

	"qoltanba/cmd/refbank/store"
)

// maxOrders is how many orders one request may make.
const maxOrders = 1000

// addOrders makes orders from filled-in payments, all or none:
//
//	{"orders": [Payment, ...]}
//	201 {"orders": [{"id": "…"}, ...]}
//	422 {"error": "fields", "orders": [{"index": 0, "fields": {"iban": "iban-sum"}}]}
//	409 {"error": "many-unsigned"}
func (s *Server) addOrders(w http.ResponseWriter, r *http.Request, client store.Client) {
	var request struct {
		Orders []Payment `json:"orders"`
	}
	if !s.readJSON(w, r, ordersBody, &request) {
		return
	}
	if n := len(request.Orders); n == 0 || n > maxOrders {
		s.refuse(w, http.StatusUnprocessableEntity, "invalid")
		return
	}
	type wrong struct {
		Index  int         `json:"index"`
		Fields FieldErrors `json:"fields"`
	}
	type made struct {
		ID string `json:"id"`
	}
	var (
		now    = time.Now()
		bad    []wrong
		orders []store.Order
		answer []made
	)
	for i, p := range request.Orders {
		valid, errs := p.check()
		if len(errs) > 0 {
			bad = append(bad, wrong{i, errs})
			continue
		}
		order, err := newOrder(client, valid, now)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		orders, answer = append(orders, order), append(answer, made{order.ID})
	}
	if len(bad) > 0 {
		s.writeJSON(w, http.StatusUnprocessableEntity, map[string]any{"error": "fields", "orders": bad})
		return
	}
	err := s.Store.AddOrders(r.Context(), orders)
	if errors.Is(err, store.ErrManyOrders) {
		s.Logger.Info("no new orders", "err", err)
		s.refuse(w, http.StatusConflict, "many-unsigned")
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, http.StatusCreated, map[string]any{"orders": answer})
}

// newOrder gives the payment an id that cannot be guessed, is fit for a file name,
// and fits Max35Text of pain.001.
func newOrder(client store.Client, p validPayment, now time.Time) (store.Order, error) {
	id := now.In(almaty).Format("20060102") + "-" + rand.Text()[:16]
	document, err := painOrder(id, client, p, now)
	if err != nil {
		return store.Order{}, err
	}
	return store.Order{
		ID: id, UserID: client.UserID, Payee: p.Payee, IBAN: p.IBAN, Amount: p.amount,
		Currency: p.Currency, Purpose: p.Purpose, Document: document, Created: now,
	}, nil
}

// document gives the bytes that are to be signed, exactly.
func (s *Server) document(w http.ResponseWriter, r *http.Request, client store.Client) {
	order, err := s.Store.Order(r.Context(), client.UserID, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/xml")
	h.Set("Content-Length", strconv.Itoa(len(order.Document)))
	h.Set("Content-Disposition", `attachment; filename="`+order.ID+`.xml"`)
	if _, err := w.Write(order.Document); err != nil {
		s.Logger.Info("document not delivered", "order", order.ID, "err", err)
	}
}
