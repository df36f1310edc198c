package main

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"qoltanba/agent/bank"
	"qoltanba/agent/cms"
	"qoltanba/agent/gost"
	"qoltanba/agent/payment"
	"qoltanba/ui/text"
)

func verifyHelp(l text.Lang) kong.Option {
	return kong.Vars{
		"cli_help_verify": l.T(text.CLIHelpVerify),
		"signature_help":  l.T(text.CLIHelpSignature),
		"content_help":    l.T(text.CLIHelpContent),
		"ca_help":         l.T(text.CLIHelpCA),
	}
}

type verifyCmd struct {
	File    string   `arg:"" help:"${signature_help}" type:"existingfile"`
	Content string   `help:"${content_help}" type:"existingfile" placeholder:"FILE"`
	CA      []string `name:"ca" sep:"none" help:"${ca_help}" type:"existingfile" placeholder:"FILE"`
}

// Run tells all that a signature file says, line by line, and returns nil only if
// everything is right: the signature, the document, and the certificate both at the
// time that the signer claims and now.
func (v verifyCmd) Run(e *env) error {
	anchors, err := v.anchors(e)
	if err != nil {
		return err
	}
	r, err := v.check(e.lang)
	changed := errors.Is(err, cms.ErrDigest)
	if err != nil && !changed {
		return err
	}
	j := judge(r, anchors, time.Now())
	for _, line := range append([]string{signerLine(e.lang, r), contentLine(e.lang, r, changed)}, j.lines(e.lang, r)...) {
		fmt.Fprintln(e.out, line)
	}
	if changed || !j.good() {
		return saying(e.lang.T(text.VerifyWrong))
	}
	fmt.Fprintln(e.out, e.lang.T(text.VerifyRight))
	return nil
}

// check reads the files and checks all but the chain. The error is in a person's
// words, or ErrDigest, with which there is a result.
func (v verifyCmd) check(l text.Lang) (*cms.Result, error) {
	der, err := os.ReadFile(v.File)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(der); block != nil && (block.Type == "CMS" || block.Type == "PKCS7") {
		der = block.Bytes
	}
	var content []byte
	if v.Content != "" {
		if content, err = os.ReadFile(v.Content); err != nil {
			return nil, err
		}
		if content == nil {
			content = []byte{} // a document of no bytes is one nevertheless
		}
	}
	r, err := cms.Check(der, content)
	if err == nil || errors.Is(err, cms.ErrDigest) {
		return r, err
	}
	for _, refusal := range []struct {
		err error
		key text.Key
	}{
		{cms.ErrSignature, text.VerifySignatureWrong},
		{cms.ErrCertificate, text.VerifyCertificateWrong},
		{cms.ErrAlgorithm, text.VerifyAlgorithm},
		{cms.ErrFormat, text.VerifyDamaged},
	} {
		if errors.Is(err, refusal.err) {
			return nil, saying(fmt.Sprintf("%s (%v)", l.T(refusal.key), err))
		}
	}
	if content == nil { // ErrDetached
		return nil, saying(l.T(text.VerifyNeedsContent))
	}
	return nil, saying(l.T(text.VerifyHasContent))
}

// An anchor is a CA that is trusted here.
type anchor struct {
	cert *x509.Certificate
	line string // says who named it
}

// anchors are the CAs of --ca, then those of the banks' descriptors.
func (v verifyCmd) anchors(e *env) ([]anchor, error) {
	var all []anchor
	for _, name := range v.CA {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		certs := authorities(data)
		if len(certs) == 0 {
			return nil, saying(e.lang.T(text.VerifyNoCA, name))
		}
		for _, c := range certs {
			all = append(all, anchor{c, e.lang.T(text.VerifyChainCA, payment.Visible(c.Subject.CommonName))})
		}
	}
	d, err := locate(e.home)
	if err != nil {
		return nil, err
	}
	banks := loadBanks(d, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	return append(all, bankAnchors(e.lang, banks)...), nil
}

// bankAnchors are the CAs that descriptors name. A descriptor in the person's own
// folder, where any program of the person could have put it, is not called a bank.
func bankAnchors(l text.Lang, banks []*bank.Descriptor) []anchor {
	var all []anchor
	for _, b := range banks {
		if b.Enrollment == nil {
			continue
		}
		key, who := text.VerifyChainOwn, strings.Join(b.Origins, ", ")
		if b.Trusted {
			key, who = text.VerifyChainBank, cmp.Or(b.Names[string(l)], b.Names["ru"], b.Names["en"], b.Names["kk"])
		}
		for _, c := range authorities([]byte(b.Enrollment.CA)) {
			all = append(all, anchor{c, l.T(key, payment.Visible(c.Subject.CommonName), payment.Visible(who))})
		}
	}
	return all
}

// authorities are the certificates of CAs in PEM or, one, in DER. What else there is
// is passed over.
func authorities(data []byte) []*x509.Certificate {
	ders := [][]byte{data}
	if block, _ := pem.Decode(data); block != nil {
		ders = nil
		for rest := data; ; {
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			ders = append(ders, block.Bytes)
		}
	}
	var all []*x509.Certificate
	for _, der := range ders {
		if c, err := gost.ParseCertificate(der); err == nil && c.BasicConstraintsValid && c.IsCA {
			all = append(all, c)
		}
	}
	return all
}

// A judgment is what there is to say of a signer's certificate.
type judgment struct {
	anchor    *anchor // where the chain ends, nil for nowhere
	why       error   // why nowhere
	then, now bool    // valid at the time of signing that is claimed, and now
}

func (j judgment) good() bool { return j.anchor != nil && j.then && j.now }

// judge follows the certificate's chain. Whose CA it ends at is answered apart from
// the dates, so that a person reads which of the two is wrong: a chain that holds at
// any of the days that matter names the CA.
func judge(r *cms.Result, anchors []anchor, now time.Time) judgment {
	var roots []*x509.Certificate
	for _, a := range anchors {
		roots = append(roots, a.cert)
	}
	cert := r.Certificate
	var j judgment
	valid := map[time.Time]bool{}
	for _, at := range []time.Time{now, r.SigningTime, cert.NotBefore, cert.NotAfter} {
		chains, err := r.BuildChains(cms.VerifyOptions{Roots: roots, Time: at})
		valid[at] = err == nil
		switch {
		case err != nil && j.why == nil:
			j.why = err
		case err == nil && j.anchor == nil:
			end := chains[0][len(chains[0])-1]
			i := slices.IndexFunc(anchors, func(a anchor) bool { return a.cert.Equal(end) })
			j.anchor = &anchors[i]
		}
	}
	j.then, j.now = valid[r.SigningTime], valid[now]
	if j.anchor == nil { // its own dates are all there is
		within := func(t time.Time) bool { return !t.Before(cert.NotBefore) && !t.After(cert.NotAfter) }
		j.then, j.now = within(r.SigningTime), within(now)
	}
	return j
}

// signerLine names the person and, beside, the numbers as the certificate has them.
func signerLine(l text.Lang, r *cms.Result) string {
	s := r.Certificate.Subject
	parts := []string{s.CommonName}
	for _, n := range s.Names {
		patronymic, ok := n.Value.(string)
		if n.Type.Equal([]int{2, 5, 4, 42}) && ok && !strings.Contains(s.CommonName, patronymic) {
			parts[0] += " " + patronymic
		}
	}
	parts = slices.Concat(parts, []string{s.SerialNumber}, s.Organization, s.OrganizationalUnit)
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return l.T(text.VerifySigner, payment.Visible(strings.Join(parts, ", ")))
}

func contentLine(l text.Lang, r *cms.Result, changed bool) string {
	if changed {
		return l.T(text.VerifyChanged)
	}
	return l.T(text.VerifyUnchanged, l.Size(len(r.Content)))
}

// lines are what there is to read about the certificate and the message.
func (j judgment) lines(l text.Lang, r *cms.Result) []string {
	cert := r.Certificate
	lines := []string{l.T(text.VerifyTime, moment(l, r.SigningTime))}
	if r.Origin != "" {
		lines = append(lines, l.T(text.VerifyOrigin, payment.Visible(r.Origin)))
	}
	lines = append(lines, l.T(text.VerifyIssuer, payment.Visible(cert.Issuer.CommonName),
		moment(l, cert.NotBefore), moment(l, cert.NotAfter)))
	choose := func(b bool, yes, no text.Key) string {
		if b {
			return l.T(yes)
		}
		return l.T(no)
	}
	lines = append(lines,
		choose(j.then, text.VerifyThenValid, text.VerifyThenInvalid),
		choose(j.now, text.VerifyNowValid, text.VerifyNowInvalid))
	if j.anchor != nil {
		return append(lines, j.anchor.line)
	}
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](j.why); unknown {
		return append(lines, l.T(text.VerifyChainNone))
	}
	return append(lines, fmt.Sprintf("%s (%v)", l.T(text.VerifyChainWrong), j.why))
}

// moment writes a time in the computer's zone, with that.
func moment(l text.Lang, t time.Time) string {
	return l.Date(t.Format(time.RFC3339)) + " " + t.Local().Format("15:04:05 -07:00")
}
