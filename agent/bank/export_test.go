package bank

import (
	"crypto/tls"
	"net/http"
	"time"

	"qoltanba/agent"
)

// What tests of the rules inside need.
var (
	Binding    = func(c *tls.Conn) ([]byte, error) { return binding(c) }
	RetryAfter = func(value string, now time.Time) time.Duration { return retryAfter(value, now) }
	ReadCerts  = readCerts
	ReadTerms  = readTerms
	Periods    = readPeriods
	Decode     = decode
)

// Text is what a person is shown of an answer.
func Text(contentType, body string) string {
	return (&answer{header: http.Header{"Content-Type": {contentType}}, body: []byte(body)}).text()
}

// EncodeRequest returns a request with a PIN.
func EncodeRequest(userID string, pin *agent.Secret, body []byte) []byte {
	return message{method: "POST", path: "/est", contentType: "application/pkcs10", base64: true, body: body, userID: userID, pin: pin}.encode("bank.test")
}

// DemoBuild tells what this build lets in.
const DemoBuild = demoBuild
