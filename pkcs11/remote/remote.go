// Package remote reaches tokens through PKCS#11 modules that run in processes of
// their own.
//
// A vendor's library may hang or crash, and must then not take the agent along: so
// each one lives in a helper, the same program started as "qoltanba module", and
// the agent speaks with it over a private pipe. [Serve] is the helper's side;
// [Module] is the agent's side of one helper, and [Set] puts all of them together
// as agent.Tokens and agent.Drivers.
//
//   - The helper asks for nothing. What the agent asks becomes a call of an
//     agent.Tokens, so that both sides are held to one contract.
//   - PINs, keys that are imported and MACs, which may be keys, go in secret frames beside
//     the JSON and are wiped on both sides.
//   - The agent looks once a second, with the number of the list that it knows;
//     the list itself crosses the pipe only when it has changed. This look is the
//     heartbeat too.
//   - Every call has a deadline, but for those that wait for a person or make a
//     key (see patience). A helper that misses one is killed and started anew; its
//     sessions are lost, as if the token had been pulled out.
//   - Signatures that are asked for at the same time go over in groups, which
//     keeps the helper's sessions busy at the cost of one message for many.
package remote

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"time"

	"qoltanba/agent"
	"qoltanba/agent/gost"
)

const (
	protocol = 3

	// frameLimit bounds one message: a token's certificates, or a group of
	// digests. What is announced as larger is something that printed into the
	// pipe.
	frameLimit = 16 << 20

	// codeNamed is the code of an answer that carries an agent.ErrorNote. It
	// stands outside the range that JSON-RPC keeps for itself.
	codeNamed = 1
)

// Deadlines of a call.
const (
	patience       = 30 * time.Second // what a call may take, and a signature of a group
	formatPatience = 5 * time.Minute
	unbounded      = 0 // a login, while the person can cancel; making a key
)

// What is asked of a helper. Beside the parameters some have a secret: a PIN, or
// two as a jsonrpc pair.
const (
	methodHello    = "hello"       // {} → hello
	methodList     = "list"        // {} → tokenList
	methodLook     = "look"        // tokenList with the known version → tokenList
	methodOpen     = "open"        // tokenParams → session
	methodClose    = "close"       // session
	methodInfo     = "info"        // session → agent.TokenInfo
	methodLogin    = "login"       // session and PIN
	methodLogout   = "logout"      // session
	methodKeys     = "keys"        // session → keyList
	methodKey      = "key"         // keyParams → wireKey
	methodGenerate = "generate"    // generateParams → wireKey
	methodStore    = "store"       // storeParams
	methodSetPIN   = "set-pin"     // session and pair
	methodSign     = "sign"        // signParams → signatures
	methodCheckSO  = "check-admin" // session and PIN
	methodSetSO    = "set-admin"   // session and pair
	methodUnblock  = "unblock"     // session and pair
	methodFormat   = "format"      // formatParams and pair
	methodObjects  = "objects"     // session → objectList
	methodDelete   = "delete"      // deleteParams
	methodDetails  = "details"     // session → agent.Details
	methodImport   = "import-mac"  // importParams and the key
	methodMAC      = "mac"         // macParams → the MAC, as a secret
	methodDrop     = "delete-mac"  // keyParams
)

type hello struct {
	Protocol int `json:"protocol"`
}

// tokenList is a list with its number. Without Tokens it is the one that the
// asker knows.
type tokenList struct {
	Version int               `json:"version"`
	Changed bool              `json:"changed,omitempty"`
	Tokens  []agent.TokenInfo `json:"tokens,omitempty"`
}

type tokenParams struct {
	ID agent.TokenID `json:"id"`
}

// session names an open token.
type session struct {
	Session int `json:"session"`
}

// wireKey is a key with the number that Sign names it by.
type wireKey struct {
	Key         int    `json:"key"`
	ID          []byte `json:"id"`
	Label       string `json:"label"`
	Certificate []byte `json:"certificate,omitempty"` // DER
	Public      []byte `json:"public"`                // SubjectPublicKeyInfo
}

func parsePublicKey(der []byte) (crypto.PublicKey, error) {
	if k, err := gost.ParsePublicKey(der); err == nil {
		return k, nil
	}
	return x509.ParsePKIXPublicKey(der)
}

// parseCertificate is x509.ParseCertificate that knows the keys of GOST as well.
func parseCertificate(der []byte) (*x509.Certificate, error) {
	if c, err := gost.ParseCertificate(der); err == nil {
		return c, nil
	}
	return x509.ParseCertificate(der)
}

type keyList struct {
	Keys []wireKey `json:"keys"`
}

type keyParams struct {
	session
	ID []byte `json:"id"`
}

type generateParams struct {
	session
	Spec agent.KeySpec `json:"spec"`
}

type storeParams struct {
	session
	ID          []byte `json:"id"`
	Label       string `json:"label"`
	Certificate []byte `json:"certificate"`
}

type importParams struct {
	session
	Spec agent.MACKeySpec `json:"spec"`
}

type macParams struct {
	session
	ID      []byte      `json:"id"`
	Hash    crypto.Hash `json:"hash"`
	Message []byte      `json:"message"`
}

type formatParams struct {
	session
	Label string `json:"label"`
}

type objectList struct {
	Objects []agent.Object `json:"objects"`
}

type deleteParams struct {
	session
	Object agent.Object `json:"object"`
}

// signParams asks for a signature of each digest.
type signParams struct {
	session
	Key int `json:"key"`
	wireOpts
	Digests [][]byte `json:"digests"`
}

// wireOpts is a crypto.SignerOpts.
type wireOpts struct {
	Hash crypto.Hash `json:"hash,omitempty"`
	PSS  bool        `json:"pss,omitempty"`  // with a salt as long as the hash
	GOST gost.Hash   `json:"gost,omitempty"` // of a GOST key, in the place of Hash
}

// toWireOpts takes what agent.CheckDigest let pass.
func toWireOpts(opts crypto.SignerOpts) wireOpts {
	_, pss := opts.(*rsa.PSSOptions)
	own, _ := opts.(gost.Hash)
	return wireOpts{Hash: opts.HashFunc(), PSS: pss, GOST: own}
}

func (o wireOpts) opts() crypto.SignerOpts {
	switch {
	case o.GOST != 0:
		return o.GOST
	case o.PSS:
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: o.Hash}
	}
	return o.Hash
}

// signatures has one entry for each digest.
type signatures struct {
	Signatures []signature `json:"signatures"`
}

type signature struct {
	Value  []byte           `json:"value,omitempty"`
	Failed *agent.ErrorNote `json:"failed,omitempty"`
}

// Environment names the variables beside the common ones that a helper gets: where
// smart card readers are reached, and where modules that are known to us look for
// their data. None of them makes a module load code.
var Environment = []string{"PCSCLITE_CSOCK_NAME", "SOFTHSM2_CONF", "OPENSC_CONF"}
