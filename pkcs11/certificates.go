package pkcs11

import (
	"crypto/x509"
	"fmt"
	"slices"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// maxObjects is more than a token has. Who finds more is not told a part of them:
// what belongs together could be torn apart.
const maxObjects = 4096

// publicKeys returns what the public certificates of a token say, from the
// cache unless reread. A token that cannot be read shows none.
func (m *Module) publicKeys(f found, reread bool) []agent.KeyInfo {
	m.mu.Lock()
	keys, ok := m.public[f.id]
	version := m.version
	m.mu.Unlock()
	if ok && !reread || f.raw.Flags&p11.CKF_TOKEN_INITIALIZED == 0 {
		return keys
	}
	session, err := m.lib.OpenSession(f.slot, p11.CKF_SERIAL_SESSION)
	if err != nil {
		return nil
	}
	defer m.lib.CloseSession(session)
	all, err := certificates(m.lib, session, p11.NewAttribute(p11.CKA_PRIVATE, false))
	if err != nil {
		return nil
	}
	keys = infos(all)
	m.mu.Lock()
	defer m.mu.Unlock()
	if version == m.version { // nothing was stored meanwhile
		m.public[f.id] = keys
	}
	return keys
}

// forget makes the next look read the certificates of a token anew.
func (m *Module) forget(id agent.TokenID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version++
	delete(m.public, id)
}

// forgetAllBut drops what is known of tokens that are gone: they may come back
// with other certificates.
func (m *Module) forgetAllBut(now []found) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.public {
		if !slices.ContainsFunc(now, func(f found) bool { return f.id == id }) {
			delete(m.public, id)
		}
	}
}

// certificate is a CKO_CERTIFICATE object.
type certificate struct {
	id    []byte
	label string
	cert  *x509.Certificate
}

func infos(all []certificate) []agent.KeyInfo {
	var keys []agent.KeyInfo
	for _, c := range all {
		keys = append(keys, agent.KeyInfo{ID: c.id, Label: c.label, Certificate: c.cert.Raw})
	}
	return keys
}

// certificates reads the X.509 certificates that a session can see. Objects
// without CKA_ID belong to no key, and what does not parse can be used by
// nobody: both are left out.
func certificates(lib *p11.Ctx, session p11.SessionHandle, match ...*p11.Attribute) ([]certificate, error) {
	match = append(match,
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_CERTIFICATE),
		p11.NewAttribute(p11.CKA_CERTIFICATE_TYPE, p11.CKC_X_509))
	handles, err := objects(lib, session, match)
	if err != nil {
		return nil, err
	}
	var all []certificate
	for _, h := range handles {
		a, err := lib.GetAttributeValue(session, h, []*p11.Attribute{
			p11.NewAttribute(p11.CKA_ID, nil),
			p11.NewAttribute(p11.CKA_LABEL, nil),
			p11.NewAttribute(p11.CKA_VALUE, nil),
		})
		if lost(err) {
			return nil, err
		}
		if err != nil { // an odd object does not hide the others
			continue
		}
		cert, err := parse(a[2].Value)
		if err != nil || len(a[0].Value) == 0 {
			continue
		}
		all = append(all, certificate{id: a[0].Value, label: text(string(a[1].Value)), cert: cert})
	}
	return all, nil
}

// objects finds the objects that match.
func objects(lib *p11.Ctx, session p11.SessionHandle, match []*p11.Attribute) ([]p11.ObjectHandle, error) {
	if err := lib.FindObjectsInit(session, match); err != nil {
		return nil, err
	}
	var all []p11.ObjectHandle
	for {
		some, _, err := lib.FindObjects(session, 32)
		if err != nil {
			_ = lib.FindObjectsFinal(session)
			return nil, err
		}
		if len(some) == 0 {
			break
		}
		if all = append(all, some...); len(all) > maxObjects {
			_ = lib.FindObjectsFinal(session)
			return nil, fmt.Errorf("more than %d objects: %w", maxObjects, agent.ErrToken)
		}
	}
	return all, lib.FindObjectsFinal(session)
}
