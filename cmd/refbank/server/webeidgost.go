package server

import (
	"fmt"

	"qoltanba/agent/gost"
)

// gostFormat is the format of tokens by GOST keys, for which Web eID has no algorithm.
const gostFormat = "qoltanba-gost:1.0"

// gostAlgorithms are those that the bank's CA issues certificates for.
var gostAlgorithms = map[string]*gost.Params{
	"GOST-2004": gost.Kazakh2004,
	"GOST-2015": gost.Kazakh2015,
}

// verifyGOST checks the signature of a token by a GOST key. Its construction is that of
// Web eID with the key's own hash, and with the format and a zero byte before the two
// digests, so that it is a signature of nothing else: not of a Web eID token, which has
// no such prefix, nor of the attributes of a document's signature, which begin with
// another byte. The signature is in the byte order of the key's country, as in the
// certificate: r || s, each with its least significant byte first.
func verifyGOST(public any, name, origin, nonce string, signature []byte) error {
	key, ok := public.(*gost.PublicKey)
	if !ok || gostAlgorithms[name] != key.Params() {
		return fmt.Errorf("algorithm %q with a %T: %w", name, public, errTokenAlgorithm)
	}
	digest := tokenDigest(key.Params().Hash(), gostFormat+"\x00", origin, nonce)
	if err := key.Verify(digest, signature); err != nil {
		return fmt.Errorf("%w: %w", errTokenSignature, err)
	}
	return nil
}
