package server

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"time"

	"qoltanba/agent/cms"
	"qoltanba/cmd/refbank/ca"
	"qoltanba/cmd/refbank/store"
)

// result is a verdict as scripts get it. Reason is found in the page's texts
// under "reason." and the word.
type result struct {
	Order   string        `json:"order"`
	Verdict store.Verdict `json:"verdict"`
	Reason  string        `json:"reason,omitempty"`
}

// addSignature judges one signature:
//
//	{"cms": "base64"}
//	200 result, also when it is refused
func (s *Server) addSignature(w http.ResponseWriter, r *http.Request, client store.Client) {
	var request struct {
		CMS []byte `json:"cms"`
	}
	if !s.readJSON(w, r, signatureBody, &request) {
		return
	}
	res, err := s.judge(r.Context(), client, r.PathValue("id"), request.CMS)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeJSON(w, http.StatusOK, res)
}

// addSignatures judges many, in order, each by itself:
//
//	{"signatures": [{"order": "…", "cms": "base64"}, ...]}
//	200 {"results": [result, ...]}
//
// An order that does not exist fails the request; the verdicts before it stand. More than
// maxOrders are refused unread.
func (s *Server) addSignatures(w http.ResponseWriter, r *http.Request, client store.Client) {
	var request struct {
		Signatures []struct {
			Order string `json:"order"`
			CMS   []byte `json:"cms"`
		} `json:"signatures"`
	}
	if !s.readJSON(w, r, signaturesBody, &request) {
		return
	}
	if len(request.Signatures) > maxOrders {
		s.refuse(w, http.StatusUnprocessableEntity, "invalid")
		return
	}
	results := make([]result, 0, len(request.Signatures))
	for _, sig := range request.Signatures {
		res, err := s.judge(r.Context(), client, sig.Order, sig.CMS)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		results = append(results, res)
	}
	s.writeJSON(w, http.StatusOK, map[string]any{"results": results})
}

// judge decides on a signature for an order of the client, writes the verdict down,
// and returns it. The order of the last two matters: after a kill in between the
// client finds the verdict in the list, and the other way round an answer could be
// given that the bank does not remember.
func (s *Server) judge(ctx context.Context, client store.Client, orderID string, der []byte) (result, error) {
	order, err := s.Store.Order(ctx, client.UserID, orderID)
	if err != nil {
		return result{}, err
	}
	now := time.Now()
	signer, reason, err := s.examine(client, order.Document, der, now)
	if err != nil {
		s.Logger.Info("signature refused", "order", order.ID, "reason", reason, "err", err)
	}
	verdict := store.SignatureAccepted
	if reason != "" {
		verdict = store.SignatureRefused
	}
	sig, err := s.Store.Judge(ctx, store.Signature{
		OrderID: order.ID, CMS: der, Verdict: verdict, Reason: reason, Signer: signer, Received: now,
	})
	if err != nil {
		return result{}, err
	}
	if sig.Verdict == store.SignatureAccepted {
		if err := s.export(order.ID, order.Document, der); err != nil {
			// The verdict stands; New writes the files at the next start.
			s.Logger.Error("accepted order not exported", "order", order.ID, "err", err)
		}
	}
	return result{Order: order.ID, Verdict: sig.Verdict, Reason: sig.Reason}, nil
}

// The reasons for a refusal, beside those of package store.
const (
	reasonFormat      = "format"      // not a CAdES-B-B message, or with an unfit algorithm
	reasonDocument    = "document"    // other bytes were signed than the bank issued
	reasonSignature   = "signature"   // the signature is wrong
	reasonCertificate = "certificate" // not of our CA, not valid now, not for signing, or of a primary key
	reasonOrigin      = "origin"      // signed for another site, or for none
)

// Reasons are all words that a refusal may carry, for tests of the texts.
func Reasons() []string {
	return []string{
		reasonFormat, reasonDocument, reasonSignature, reasonCertificate, store.ReasonSigner, reasonOrigin, store.AcceptedBefore,
		store.ReasonCode, store.ReasonClock, store.ReasonValue, store.ReasonBlocked, store.ReasonWithdrawn,
	}
}

// examine looks at a signature alone, without the order's state. It returns the
// signer's fingerprint when the signature verifies, and why it is to be refused,
// with an error for the log; reason "" means it is good.
func (s *Server) examine(client store.Client, document, der []byte, now time.Time) (signer, reason string, err error) {
	options := cms.VerifyOptions{
		Roots:         s.Roots,
		Intermediates: s.Intermediates,
		Time:          now, // of arrival: the signing time is the signer's own claim
	}
	signed, err := cms.Verify(der, options)
	if errors.Is(err, cms.ErrDetached) {
		options.Content = document
		signed, err = cms.Verify(der, options)
	}
	if err != nil {
		return "", verifyReason(err), err
	}
	signer = store.Fingerprint(signed.Certificate)
	switch {
	case !bytes.Equal(signed.Content, document):
		return signer, reasonDocument, errors.New("other bytes were signed")
	case ca.IsPrimary(signed.Certificate):
		return signer, reasonCertificate, errPrimary
	case signed.Certificate.KeyUsage&x509.KeyUsageContentCommitment == 0:
		return signer, reasonCertificate, errors.New("the certificate is not for signing")
	case signer != client.Fingerprint:
		return signer, store.ReasonSigner, fmt.Errorf("signed with certificate %s", signer)
	case signed.Origin != s.Origin:
		return signer, reasonOrigin, fmt.Errorf("signed for %q", signed.Origin)
	}
	return signer, "", nil
}

func verifyReason(err error) string {
	switch {
	case errors.Is(err, cms.ErrDigest):
		return reasonDocument
	case errors.Is(err, cms.ErrSignature):
		return reasonSignature
	case errors.Is(err, cms.ErrCertificate):
		return reasonCertificate
	}
	return reasonFormat
}
