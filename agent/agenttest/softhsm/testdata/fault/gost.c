/* GOST keys as tokens other than SoftHSM have them. */
#include "fault.h"

#include <string.h>

/* The names that TC 26 gave to 512 bits; SoftHSM has only those of PKCS #11. */
static const CK_KEY_TYPE type256 = CKK_GOSTR3410, type512 = 0xD4321003;
static const struct {
	CK_MECHANISM_TYPE softhsm, tc26;
} names[] = {{CKM_GOSTR3410_KEY_PAIR_GEN, 0xD4321005}, {CKM_GOSTR3410, 0xD4321006}};

enum { NAMES = sizeof names / sizeof *names, ATTRIBUTES = 32, SIZE512 = 64 };

/* known puts SoftHSM's name of a mechanism in the place of TC 26's, which is the only
 * one that is known then. */
static CK_RV known(CK_MECHANISM *m)
{
	if (!there("gost512", ""))
		return CKR_OK;
	for (int i = 0; i < NAMES; i++)
		if (m->mechanism == names[i].softhsm)
			return CKR_MECHANISM_INVALID;
	for (int i = 0; i < NAMES; i++)
		if (m->mechanism == names[i].tc26)
			m->mechanism = names[i].softhsm;
	return CKR_OK;
}

/* typed copies a template with SoftHSM's key type in the place of TC 26's. */
static CK_ATTRIBUTE_PTR typed(CK_ATTRIBUTE_PTR t, CK_ULONG n, CK_ATTRIBUTE_PTR copy)
{
	if (!there("gost512", "") || n > ATTRIBUTES)
		return t;
	for (CK_ULONG i = 0; i < n; i++) {
		copy[i] = t[i];
		if (t[i].type == CKA_KEY_TYPE && t[i].ulValueLen == sizeof type512 && !memcmp(t[i].pValue, &type512, sizeof type512))
			copy[i].pValue = (void *)&type256;
	}
	return copy;
}

static CK_RV mechanisms(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR out, CK_ULONG_PTR count)
{
	CK_RV rv = target->C_GetMechanismList(slot, out, count);
	if (rv != CKR_OK || !out || !there("gost512", ""))
		return rv;
	for (CK_ULONG i = 0; i < *count; i++)
		for (int j = 0; j < NAMES; j++)
			if (out[i] == names[j].softhsm)
				out[i] = names[j].tc26;
	return CKR_OK;
}

static CK_RV generate(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_ATTRIBUTE_PTR t, CK_ULONG t_len, CK_ATTRIBUTE_PTR u, CK_ULONG u_len,
		      CK_OBJECT_HANDLE_PTR public, CK_OBJECT_HANDLE_PTR private)
{
	CK_ATTRIBUTE a[ATTRIBUTES], b[ATTRIBUTES];
	CK_MECHANISM mechanism = *m;
	CK_RV rv = known(&mechanism);
	return rv != CKR_OK ? rv : target->C_GenerateKeyPair(s, &mechanism, typed(t, t_len, a), t_len, typed(u, u_len, b), u_len, public, private);
}

static CK_RV find(CK_SESSION_HANDLE s, CK_ATTRIBUTE_PTR t, CK_ULONG n)
{
	CK_ATTRIBUTE copy[ATTRIBUTES];
	return target->C_FindObjectsInit(s, typed(t, n, copy), n);
}

static void reverse(CK_BYTE_PTR b, CK_ULONG n)
{
	for (CK_ULONG i = 0, j = n; i + 1 < j; i++) {
		CK_BYTE last = b[--j];
		b[j] = b[i];
		b[i] = last;
	}
}

/* point mends SoftHSM's point of 512 bits. It takes the tag and a length of one byte from
 * what is 04 81 81 04 x y, and so turns the halves of 04 x y around, not x and y. */
static void point(CK_BYTE_PTR value)
{
	reverse(value, SIZE512);
	reverse(value + SIZE512, SIZE512);
	memmove(value, value + 1, 2 * SIZE512);
	reverse(value, SIZE512);
	reverse(value + SIZE512, SIZE512);
}

static CK_RV attributes(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR t, CK_ULONG n)
{
	CK_RV rv = target->C_GetAttributeValue(s, o, t, n);
	if (rv != CKR_OK || !there("gost512", ""))
		return rv;
	for (CK_ULONG i = 0; i < n; i++) {
		CK_BYTE *value = t[i].pValue;
		if (!value)
			continue;
		if (t[i].type == CKA_KEY_TYPE && !memcmp(value, &type256, sizeof type256))
			memcpy(value, &type512, sizeof type512);
		if (t[i].type == CKA_VALUE && t[i].ulValueLen == 1 + 2 * SIZE512) {
			point(value);
			t[i].ulValueLen = 2 * SIZE512;
		}
	}
	return CKR_OK;
}

static CK_RV sign_init(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE o)
{
	CK_MECHANISM mechanism = *m;
	CK_RV rv = known(&mechanism);
	return rv != CKR_OK ? rv : target->C_SignInit(s, &mechanism, o);
}

static CK_RV sign(CK_SESSION_HANDLE s, CK_BYTE_PTR a, CK_ULONG a_len, CK_BYTE_PTR b, CK_ULONG_PTR b_len)
{
	CK_RV rv = target->C_Sign(s, a, a_len, b, b_len);
	if (rv != CKR_OK || !b)
		return rv;
	if (there("reversed", ""))
		reverse(b, *b_len);
	if (there("spoilt", ""))
		b[*b_len / 2] ^= 1;
	return CKR_OK;
}

void gost(CK_FUNCTION_LIST_PTR list)
{
	list->C_GetMechanismList = mechanisms;
	list->C_GenerateKeyPair = generate;
	list->C_FindObjectsInit = find;
	list->C_GetAttributeValue = attributes;
	list->C_SignInit = sign_init;
	list->C_Sign = sign;
}
