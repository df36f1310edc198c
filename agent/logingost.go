package agent

import "qoltanba/agent/gost"

// gostFormat is the format of tokens by GOST keys, for which Web eID has no
// algorithm. It is ours, and differs from Web eID's in three things:
//
//   - algorithm is GOST-2004 or GOST-2015 (Kazakh keys), or GOST-2001,
//     GOST-2012-256 or GOST-2012-512 (Russian ones). It says nothing that the
//     certificate's key does not say: a verifier demands that both agree.
//   - signature is in the byte order of the key's country, as in a certificate and
//     in CMS: for Kazakh keys r||s, each with its least significant byte first, for
//     Russian ones s||r, each with its most significant byte first.
//   - What is signed is hash(format || 0x00 || hash(origin) || hash(challenge)),
//     with the key's own hash, format as "qoltanba-gost:1.0" in ASCII, origin and
//     challenge as the UTF-8 text that the site knows.
//
// The prefix keeps apart what one key signs. What is hashed for a Web eID token is
// two digests, thus 64 or 128 bytes; here it is 18 more, so that the two are never
// the same bytes, should Web eID get a GOST algorithm one day. What is hashed for a
// document in CMS is a DER SET OF attributes and begins with 0x31 (RFC 5652 §5.4),
// for certificates, requests and CMP messages a SEQUENCE, which begins with 0x30;
// here the first byte is 'q', 0x71. The agent makes no CMS without attributes, whose
// signature would cover the bare document; in one that is taken from elsewhere the
// document would have to begin with this prefix, whose zero no text or XML has. So a
// signature of one kind is one of another only by a collision of the hash.
const gostFormat = "qoltanba-gost:1.0"

// gostLogin is how GOST keys sign a challenge.
func gostLogin(p *gost.Params) loginAlgorithm {
	return loginAlgorithm{format: gostFormat, name: gostLoginName(p), hash: p.Hash(), prefix: gostFormat + "\x00"}
}

// gostLoginName names the standard of a key. In each country it goes with one hash.
func gostLoginName(p *gost.Params) string {
	switch {
	case p == gost.Kazakh2004:
		return string(GOST2004)
	case p == gost.Kazakh2015:
		return string(GOST2015)
	case p.Hash() == gost.Streebog256:
		return string(GOST2012)
	case p.Hash() == gost.Streebog512:
		return "GOST-2012-512"
	}
	return "GOST-2001"
}
