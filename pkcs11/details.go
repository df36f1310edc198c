package pkcs11

import (
	"context"
	"fmt"
	"slices"
	"strings"

	p11 "github.com/miekg/pkcs11"

	"qoltanba/agent"
)

// Details implements agent.Admin.
func (t *Token) Details(ctx context.Context) (agent.Details, error) {
	return do(ctx, t, "reading the token", func() (agent.Details, error) {
		info, err := t.alive()
		if err != nil {
			return agent.Details{}, err
		}
		return t.m.details(t.slot, info)
	}, nil)
}

// details reads what the library and the token in a slot tell.
func (m *Module) details(slot uint, info p11.TokenInfo) (agent.Details, error) {
	library, err := m.lib.GetInfo()
	if err != nil {
		return agent.Details{}, err
	}
	all, err := m.lib.GetMechanismList(slot)
	if err != nil {
		return agent.Details{}, err
	}
	d := agent.Details{
		Driver:     strings.TrimSpace(text(library.LibraryDescription) + " " + version(library.LibraryVersion)),
		Module:     m.path,
		Hardware:   version(info.HardwareVersion),
		Firmware:   version(info.FirmwareVersion),
		FreeMemory: -1,
	}
	if free := info.FreePublicMemory; free != p11.CK_UNAVAILABLE_INFORMATION && int64(free) >= 0 {
		d.FreeMemory = int64(free)
	}
	for _, m := range all {
		name, ok := mechanisms[m.Mechanism]
		if !ok {
			name = fmt.Sprintf("%#x", m.Mechanism)
		}
		d.Mechanisms = append(d.Mechanisms, name)
	}
	slices.Sort(d.Mechanisms)
	return d, nil
}

func version(v p11.Version) string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// mechanisms names those that a support clerk asks about: what keys and
// signatures the token can make.
var mechanisms = map[uint]string{
	p11.CKM_RSA_PKCS_KEY_PAIR_GEN:    "CKM_RSA_PKCS_KEY_PAIR_GEN",
	p11.CKM_RSA_PKCS:                 "CKM_RSA_PKCS",
	p11.CKM_RSA_X_509:                "CKM_RSA_X_509",
	p11.CKM_RSA_PKCS_OAEP:            "CKM_RSA_PKCS_OAEP",
	p11.CKM_RSA_PKCS_PSS:             "CKM_RSA_PKCS_PSS",
	p11.CKM_SHA1_RSA_PKCS:            "CKM_SHA1_RSA_PKCS",
	p11.CKM_SHA256_RSA_PKCS:          "CKM_SHA256_RSA_PKCS",
	p11.CKM_SHA384_RSA_PKCS:          "CKM_SHA384_RSA_PKCS",
	p11.CKM_SHA512_RSA_PKCS:          "CKM_SHA512_RSA_PKCS",
	p11.CKM_SHA256_RSA_PKCS_PSS:      "CKM_SHA256_RSA_PKCS_PSS",
	p11.CKM_SHA384_RSA_PKCS_PSS:      "CKM_SHA384_RSA_PKCS_PSS",
	p11.CKM_SHA512_RSA_PKCS_PSS:      "CKM_SHA512_RSA_PKCS_PSS",
	p11.CKM_EC_KEY_PAIR_GEN:          "CKM_EC_KEY_PAIR_GEN",
	p11.CKM_ECDSA:                    "CKM_ECDSA",
	p11.CKM_ECDSA_SHA1:               "CKM_ECDSA_SHA1",
	p11.CKM_ECDSA_SHA256:             "CKM_ECDSA_SHA256",
	p11.CKM_ECDSA_SHA384:             "CKM_ECDSA_SHA384",
	p11.CKM_ECDH1_DERIVE:             "CKM_ECDH1_DERIVE",
	p11.CKM_GOSTR3410_KEY_PAIR_GEN:   "CKM_GOSTR3410_KEY_PAIR_GEN",
	p11.CKM_GOSTR3410:                "CKM_GOSTR3410",
	ckmGOST512Create:                 "CKM_GOSTR3410_512_KEY_PAIR_GEN",
	ckmGOST512:                       "CKM_GOSTR3410_512",
	p11.CKM_GOSTR3410_WITH_GOSTR3411: "CKM_GOSTR3410_WITH_GOSTR3411",
	p11.CKM_GOSTR3411:                "CKM_GOSTR3411",
	p11.CKM_GOSTR3411_HMAC:           "CKM_GOSTR3411_HMAC",
	p11.CKM_GENERIC_SECRET_KEY_GEN:   "CKM_GENERIC_SECRET_KEY_GEN",
	p11.CKM_SHA_1:                    "CKM_SHA_1",
	p11.CKM_SHA_1_HMAC:               "CKM_SHA_1_HMAC",
	p11.CKM_SHA256:                   "CKM_SHA256",
	p11.CKM_SHA256_HMAC:              "CKM_SHA256_HMAC",
	p11.CKM_SHA384:                   "CKM_SHA384",
	p11.CKM_SHA384_HMAC:              "CKM_SHA384_HMAC",
	p11.CKM_SHA512:                   "CKM_SHA512",
	p11.CKM_SHA512_HMAC:              "CKM_SHA512_HMAC",
	p11.CKM_AES_KEY_GEN:              "CKM_AES_KEY_GEN",
	p11.CKM_AES_CBC:                  "CKM_AES_CBC",
	p11.CKM_AES_CBC_PAD:              "CKM_AES_CBC_PAD",
	p11.CKM_AES_ECB:                  "CKM_AES_ECB",
	p11.CKM_AES_GCM:                  "CKM_AES_GCM",
	p11.CKM_DES3_CBC:                 "CKM_DES3_CBC",
	p11.CKM_DES3_ECB:                 "CKM_DES3_ECB",
	p11.CKM_MD5:                      "CKM_MD5",
}
