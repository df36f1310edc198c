package bridge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

	"qoltanba/agent"
	"qoltanba/agent/jsonrpc"
)

// What pages send. Fields that are not listed are refused, so that a page that
// tries to have something else signed (a digest, say) hears so.

type helloParams struct {
	Client string `json:"client"` // name and version of the page's library; not used
}

type openParams struct {
	Resume string `json:"resume"` // the session that a page of this site had before
}

type authenticateParams struct {
	Challenge string `json:"challenge"`
}

type enrollParams struct {
	Months int `json:"months"` // period of the certificate; 0 for the bank's own
}

type signParams struct {
	Documents []documentParams `json:"documents"`
	Detached  bool             `json:"detached"`
}

// documentParams has either Data or Frame.
type documentParams struct {
	Name      string  `json:"name"`
	MediaType string  `json:"mediaType"`
	Data      []byte  `json:"data"`  // base64
	Frame     *uint32 `json:"frame"` // the number of an uploaded document
}

type noParams struct{}

// What pages are answered.

type helloResult struct {
	Agent    string `json:"agent"` // always "qoltanba"
	Version  string `json:"version"`
	Protocol int    `json:"protocol"`
	Limits   limits `json:"limits"`
}

type limits struct {
	DocumentBytes int `json:"documentBytes"` // of one document
	Documents     int `json:"documents"`     // in one request
	RequestBytes  int `json:"requestBytes"`  // of all documents of a request, and of a site's uploads that are not used yet
	FrameBytes    int `json:"frameBytes"`    // of one JSON message; larger documents are uploaded
}

type sessionResult struct {
	Session     string `json:"session"`
	Certificate []byte `json:"certificate"` // DER, in base64
	Subject     string `json:"subject"`
}

type loginResult struct {
	Token agent.LoginToken `json:"token"`
	sessionResult
}

type signResult struct {
	Complete   bool              `json:"complete"`
	Signatures []signatureResult `json:"signatures"`
}

// signatureResult has either CMS or Error.
type signatureResult struct {
	Index int        `json:"index"`
	CMS   []byte     `json:"cms,omitempty"` // DER, in base64
	Error *itemError `json:"error,omitempty"`
}

var _ jsonrpc.Appender = signResult{}

// AppendJSON writes what package encoding/json would, in one piece of memory:
// the answer to a thousand documents has megabytes.
func (r signResult) AppendJSON(b []byte) ([]byte, error) {
	const around = len(`{"index":10000,"cms":""},`)
	room := 64
	for _, s := range r.Signatures {
		room += around + base64.StdEncoding.EncodedLen(len(s.CMS))
	}
	b = append(slices.Grow(b, room), `{"complete":`...)
	b = append(strconv.AppendBool(b, r.Complete), `,"signatures":[`...)
	for i, s := range r.Signatures {
		if i > 0 {
			b = append(b, ',')
		}
		if s.Error != nil || len(s.CMS) == 0 { // rare, and short
			item, err := json.Marshal(s)
			if err != nil {
				return nil, err
			}
			b = append(b, item...)
			continue
		}
		b = strconv.AppendInt(append(b, `{"index":`...), int64(s.Index), 10)
		b = base64.StdEncoding.AppendEncode(append(b, `,"cms":"`...), s.CMS)
		b = append(b, `"}`...)
	}
	return append(b, "]}"...), nil
}

// itemError is an error of one document: what JSON-RPC's error object has, flat.
type itemError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	errorData
}

type progressParams struct {
	ID    json.RawMessage `json:"id"` // of the request
	Done  int             `json:"done"`
	Total int             `json:"total"`
}

type closedParams struct {
	Reason string `json:"reason"`
}

// decode reads a request's params into a pointer to one of the types above, and
// lets them go: a request may wait for long, and they are a part of the whole
// message. hint is the message of the error: what the method takes.
func decode(r *jsonrpc.Request, into any, hint string) error {
	params := r.Params
	if params == nil {
		return nil
	}
	r.Params = nil
	d := json.NewDecoder(bytes.NewReader(params))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refused(hint)
	}
	return nil
}
