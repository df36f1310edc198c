package agent

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Origin is a web origin (RFC 6454): scheme, host and port, compared as a
// tuple and never as text.
type Origin struct {
	Scheme string
	Host   string // lower case, an IPv6 address without brackets
	Port   int
}

// ParseOrigin reads an Origin header as a browser sends it: exactly the
// ASCII serialization of an origin. Anything a browser would not send (a path,
// capitals, a user name, a default port written out, "null") is ErrOrigin.
func ParseOrigin(s string) (Origin, error) {
	u, err := url.Parse(s)
	if err != nil {
		return Origin{}, fmt.Errorf("%w: not a URL", ErrOrigin)
	}
	o := Origin{Scheme: u.Scheme, Host: u.Hostname()}
	switch o.Scheme {
	case "https":
		o.Port = 443
	case "http":
		o.Port = 80
	default:
		return Origin{}, fmt.Errorf("%w: scheme", ErrOrigin)
	}
	if p := u.Port(); p != "" {
		if o.Port, err = strconv.Atoi(p); err != nil || o.Port < 1 || o.Port > 65535 {
			return Origin{}, fmt.Errorf("%w: port", ErrOrigin)
		}
	}
	if !validHost(o.Host) {
		return Origin{}, fmt.Errorf("%w: host", ErrOrigin)
	}
	// The one spelling left is the one that a browser serializes.
	if o.String() != s {
		return Origin{}, fmt.Errorf("%w: not in serialized form", ErrOrigin)
	}
	return o, nil
}

// String returns the serialization of RFC 6454 §6.1.
func (o Origin) String() string {
	host := o.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if o.Scheme == "https" && o.Port == 443 || o.Scheme == "http" && o.Port == 80 {
		return o.Scheme + "://" + host
	}
	return o.Scheme + "://" + net.JoinHostPort(o.Host, strconv.Itoa(o.Port))
}

// loopback tells whether the origin is a page of this computer: plain http is
// a secure context there.
func (o Origin) loopback() bool {
	return o.Host == "localhost" || o.Host == "127.0.0.1" || o.Host == "::1"
}

// askable tells whether a person may be asked about the origin at all. A page
// of this computer counts in demo builds only; an address without a name says
// nothing to a person and never counts.
func (o Origin) askable() bool {
	if o.loopback() {
		return demoBuild
	}
	_, err := netip.ParseAddr(o.Host)
	return o.Scheme == "https" && err != nil && strings.Contains(o.Host, ".")
}

// validHost accepts what a browser puts into an origin: an IP address, or a
// name of lower-case letters, digits, hyphens and underscores (international
// names arrive as xn--…).
func validHost(h string) bool {
	if _, err := netip.ParseAddr(h); err == nil {
		return true
	}
	if h == "" || len(h) > 253 {
		return false
	}
	for label := range strings.SplitSeq(h, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
				return false
			}
		}
	}
	return true
}
