/*
 * A PKCS #11 module for tests that behaves like a USB token on a bad day. It
 * forwards to SoftHSM2, hides and shows tokens, hangs, crashes, answers late,
 * counts wrong PINs (SoftHSM never locks) and may have a PIN pad. In this folder:
 *
 *   gcc -std=gnu11 -O1 -g -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden \
 *       -pthread -isystem "$(go list -m -f '{{.Dir}}' github.com/miekg/pkcs11)" \
 *       -o /some/folder/fault.so control.c fault.c gost.c pin.c plug.c -ldl
 *
 * It is controlled by files in the folder that fault.so lies in, which are read
 * at every call: a running process obeys at once. It takes no word from the
 * environment; softhsm2.conf in that folder is SoftHSM's configuration, and the file
 * target has the path of its library.
 *
 *   plug                  grows by a line each time a token is pulled out
 *                         ("-SERIAL") or put in ("+SERIAL"), "all" for every
 *                         one; is never shortened. Sessions from before a
 *                         pulling out are dead for good.
 *   hang-C_Xxx            the call waits until the file is gone; meanwhile
 *                         there is a file hanging-C_Xxx
 *   late-C_Xxx            the call waits for so many milliseconds
 *   crash-C_Xxx           the process dies by SIGSEGV; once
 *   fail-C_Xxx            the call answers this code (hexadecimal)
 *   unplug-before-C_Xxx   the token is pulled out, nothing reaches it; once
 *   unplug-during-C_Xxx   the token does it, is pulled out, answers no more; once
 *   tries                 so many wrong PINs lock the user or the administrator
 *   to-be-changed         a PIN that the administrator set has to be changed
 *   pinpad                PINs are typed at the device and refused from the
 *                         caller: pinpad-user, pinpad-so and pinpad-new hold
 *                         what is typed; without the file, Cancel is pressed
 *   blank-SERIAL          the token was never initialized, until C_InitToken
 *   spare                 SoftHSM's uninitialized slot is shown
 *   gost512               GOST keys have the names of 512 bits, and no others
 *   reversed              signatures come with the last byte first
 *   spoilt                a bit of every signature is wrong
 *
 * It keeps wrong-user-SERIAL, wrong-so-SERIAL and change-SERIAL itself.
 */
#include "fault.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 64 };

CK_FUNCTION_LIST_PTR target;
static CK_FUNCTION_LIST next; /* target's, with those of gost.c before them */
char folder[FOLDER];
static CK_FUNCTION_LIST list; /* ours */

/* Calls of a session that are passed on as they are. */
#define H CK_SESSION_HANDLE s
#define BUF(name) CK_BYTE_PTR name, CK_ULONG name##_len
#define OUT(name) CK_BYTE_PTR name, CK_ULONG_PTR name##_len
#define TEMPLATE(name) CK_ATTRIBUTE_PTR name, CK_ULONG name##_len
#define OBJECT CK_OBJECT_HANDLE o
#define FOUND CK_OBJECT_HANDLE_PTR found
#define MECH CK_MECHANISM_PTR m
#define PASSED_ON(X) \
	X(C_GetSessionInfo, (H, CK_SESSION_INFO_PTR info), (s, info)) \
	X(C_GetOperationState, (H, OUT(a)), (s, a, a_len)) \
	X(C_SetOperationState, (H, BUF(a), OBJECT, CK_OBJECT_HANDLE p), (s, a, a_len, o, p)) \
	X(C_Logout, (H), (s)) \
	X(C_CreateObject, (H, TEMPLATE(t), FOUND), (s, t, t_len, found)) \
	X(C_CopyObject, (H, OBJECT, TEMPLATE(t), FOUND), (s, o, t, t_len, found)) \
	X(C_DestroyObject, (H, OBJECT), (s, o)) \
	X(C_GetObjectSize, (H, OBJECT, CK_ULONG_PTR size), (s, o, size)) \
	X(C_GetAttributeValue, (H, OBJECT, TEMPLATE(t)), (s, o, t, t_len)) \
	X(C_SetAttributeValue, (H, OBJECT, TEMPLATE(t)), (s, o, t, t_len)) \
	X(C_FindObjectsInit, (H, TEMPLATE(t)), (s, t, t_len)) \
	X(C_FindObjects, (H, FOUND, CK_ULONG max, CK_ULONG_PTR n), (s, found, max, n)) \
	X(C_FindObjectsFinal, (H), (s)) \
	X(C_EncryptInit, (H, MECH, OBJECT), (s, m, o)) \
	X(C_Encrypt, (H, BUF(a), OUT(b)), (s, a, a_len, b, b_len)) \
	X(C_EncryptUpdate, (H, BUF(a), OUT(b)), (s, a, a_len, b, b_len)) \
	X(C_EncryptFinal, (H, OUT(b)), (s, b, b_len)) \
	X(C_DecryptInit, (H, MECH, OBJECT), (s, m, o)) \
	X(C_Decrypt, (H, BUF(a), OUT(b)), (s, a, a_len, b, b_len)) \
	X(C_DecryptUpdate, (H, BUF(a), OUT(b)), (s, a, a_len, b, b_len)) \
	X(C_DecryptFinal, (H, OUT(b)), (s, b, b_len)) \
	X(C_DigestInit, (H, MECH), (s, m)) \
	X(C_Digest, (H, BUF(a), OUT(b)), (s, a, a_len, b, b_len)) \
	X(C_DigestUpdate, (H, BUF(a)), (s, a, a_len)) \
	X(C_DigestKey, (H, OBJECT), (s, o)) \
	X(C_DigestFinal, (H, OUT(b)), (s, b, b_len)) \
	X(C_SignInit, (H, MECH, OBJECT), (s, m, o)) \
	X(C_SignUpdate, (H, BUF(a)), (s, a, a_len)) \
	X(C_SignFinal, (H, OUT(b)), (s, b, b_len)) \
	X(C_VerifyInit, (H, MECH, OBJECT), (s, m, o)) \
	X(C_Verify, (H, BUF(a), BUF(b)), (s, a, a_len, b, b_len)) \
	X(C_VerifyUpdate, (H, BUF(a)), (s, a, a_len)) \
	X(C_VerifyFinal, (H, BUF(a)), (s, a, a_len)) \
	X(C_GenerateKey, (H, MECH, TEMPLATE(t), FOUND), (s, m, t, t_len, found)) \
	X(C_GenerateKeyPair, (H, MECH, TEMPLATE(t), TEMPLATE(u), FOUND, CK_OBJECT_HANDLE_PTR second), \
	  (s, m, t, t_len, u, u_len, found, second)) \
	X(C_WrapKey, (H, MECH, OBJECT, CK_OBJECT_HANDLE p, OUT(b)), (s, m, o, p, b, b_len)) \
	X(C_UnwrapKey, (H, MECH, OBJECT, BUF(a), TEMPLATE(t), FOUND), (s, m, o, a, a_len, t, t_len, found)) \
	X(C_DeriveKey, (H, MECH, OBJECT, TEMPLATE(t), FOUND), (s, m, o, t, t_len, found)) \
	X(C_SeedRandom, (H, BUF(a)), (s, a, a_len)) \
	X(C_GenerateRandom, (H, BUF(a)), (s, a, a_len))

#define DEFINE(name, params, args) \
	static CK_RV our_##name params \
	{ \
		struct call c; \
		CK_RV rv = enter(&c, #name, s); \
		return rv != CKR_OK ? rv : leave(&c, next.name args); \
	}
PASSED_ON(DEFINE)

/* ---- the library ---- */

static CK_RV our_C_Initialize(CK_VOID_PTR args)
{
	char config[PATH];
	CK_RV rv = orders("C_Initialize");
	if (rv != CKR_OK)
		return rv;
	snprintf(config, sizeof config, "%s/softhsm2.conf", folder);
	setenv("SOFTHSM2_CONF", config, 1);
	all_alone(target->C_Initialize, args, &rv);
	return rv;
}

static CK_RV our_C_Finalize(CK_VOID_PTR reserved)
{
	CK_RV rv = orders("C_Finalize");
	if (rv != CKR_OK)
		return rv;
	all_alone(target->C_Finalize, reserved, &rv);
	if (rv == CKR_OK)
		forget_sessions();
	return rv;
}

static CK_RV our_C_GetInfo(CK_INFO_PTR info)
{
	CK_RV rv = orders("C_GetInfo");
	return rv != CKR_OK ? rv : target->C_GetInfo(info);
}

/* ---- slots ---- */

static CK_RV our_C_GetSlotList(CK_BBOOL with_token, CK_SLOT_ID_PTR out, CK_ULONG_PTR count)
{
	CK_SLOT_ID all[SLOTS], shown[SLOTS];
	CK_ULONG n = 0, len = SLOTS;
	char serial[SERIAL + 1];
	CK_RV rv = orders("C_GetSlotList");
	if (rv != CKR_OK)
		return rv;
	if (!count)
		return CKR_ARGUMENTS_BAD;
	/* SoftHSM makes a new spare slot when it is asked for the count. */
	if ((rv = target->C_GetSlotList(CK_TRUE, NULL, &len)) != CKR_OK)
		return rv;
	len = SLOTS;
	if ((rv = target->C_GetSlotList(CK_TRUE, all, &len)) != CKR_OK)
		return rv;
	for (CK_ULONG i = 0; i < len; i++) {
		serial_of(all[i], serial);
		if ((serial[0] || there("spare", "")) && (!with_token || present(serial)))
			shown[n++] = all[i];
	}
	if (out && *count < n)
		rv = CKR_BUFFER_TOO_SMALL;
	else if (out)
		memcpy(out, shown, n * sizeof *out);
	*count = n;
	return rv;
}

static CK_RV our_C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info)
{
	char serial[SERIAL + 1];
	CK_RV rv = orders("C_GetSlotInfo");
	if (rv != CKR_OK || (rv = target->C_GetSlotInfo(slot, info)) != CKR_OK)
		return rv;
	info->flags |= CKF_REMOVABLE_DEVICE;
	serial_of(slot, serial);
	if (!present(serial))
		info->flags &= ~CKF_TOKEN_PRESENT;
	return CKR_OK;
}

static CK_RV our_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
	struct call c;
	CK_RV rv = enter_slot(&c, "C_GetTokenInfo", slot);
	if (rv != CKR_OK)
		return rv;
	rv = target->C_GetTokenInfo(slot, info);
	if (rv == CKR_OK)
		pin_flags(c.serial, info);
	return leave(&c, rv);
}

static CK_RV our_C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR out, CK_ULONG_PTR count)
{
	struct call c;
	CK_RV rv = enter_slot(&c, "C_GetMechanismList", slot);
	return rv != CKR_OK ? rv : leave(&c, next.C_GetMechanismList(slot, out, count));
}

static CK_RV our_C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info)
{
	struct call c;
	CK_RV rv = enter_slot(&c, "C_GetMechanismInfo", slot);
	return rv != CKR_OK ? rv : leave(&c, target->C_GetMechanismInfo(slot, type, info));
}

static CK_RV our_C_InitToken(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG len, CK_UTF8CHAR_PTR label)
{
	struct call c;
	CK_RV rv = enter_slot(&c, "C_InitToken", slot);
	return rv != CKR_OK ? rv : leave(&c, init_token(&c, slot, pin, len, label));
}

/* ---- sessions ---- */

static CK_RV our_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR app, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR s)
{
	struct call c;
	CK_RV rv = enter_slot(&c, "C_OpenSession", slot);
	if (rv != CKR_OK)
		return rv;
	if (c.serial[0] && there("blank-", c.serial))
		return leave(&c, CKR_TOKEN_NOT_RECOGNIZED);
	rv = target->C_OpenSession(slot, flags, app, notify, s);
	if (rv == CKR_OK)
		opened(&c, slot, *s);
	return leave(&c, rv);
}

static CK_RV our_C_CloseSession(H)
{
	struct call c;
	CK_RV rv = enter(&c, "C_CloseSession", s);
	if (rv != CKR_OK)
		return rv;
	if ((rv = target->C_CloseSession(s)) == CKR_OK)
		closed(s);
	return leave(&c, rv);
}

static CK_RV our_C_CloseAllSessions(CK_SLOT_ID slot)
{
	struct call c; /* SoftHSM forgets the handles; that we know them does no harm */
	CK_RV rv = enter_slot(&c, "C_CloseAllSessions", slot);
	return rv != CKR_OK ? rv : leave(&c, target->C_CloseAllSessions(slot));
}

/* C_Sign ends the operation also when it fails (PKCS #11 2.40, 5.11). */
static CK_RV our_C_Sign(H, BUF(a), OUT(b))
{
	CK_BYTE unread[2048];
	CK_ULONG unread_len = sizeof unread;
	struct call c, end;
	CK_RV rv = enter(&c, "C_Sign", s);
	if (rv == CKR_OK)
		return leave(&c, next.C_Sign(s, a, a_len, b, b_len));
	if (enter(&end, "ended", s) == CKR_OK)
		leave(&end, target->C_Sign(s, a, a_len, unread, &unread_len));
	return rv;
}

/* ---- PINs ---- */

static CK_RV our_C_Login(H, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG len)
{
	struct call c;
	CK_RV rv = enter(&c, "C_Login", s);
	return rv != CKR_OK ? rv : leave(&c, login(&c, s, user, pin, len));
}

static CK_RV our_C_SetPIN(H, CK_UTF8CHAR_PTR old, CK_ULONG old_len, CK_UTF8CHAR_PTR new, CK_ULONG new_len)
{
	struct call c;
	CK_RV rv = enter(&c, "C_SetPIN", s);
	return rv != CKR_OK ? rv : leave(&c, set_pin(&c, s, old, old_len, new, new_len));
}

static CK_RV our_C_InitPIN(H, CK_UTF8CHAR_PTR pin, CK_ULONG len)
{
	struct call c;
	CK_RV rv = enter(&c, "C_InitPIN", s);
	return rv != CKR_OK ? rv : leave(&c, init_pin(&c, s, pin, len));
}

/* ---- the way in ---- */

static void load(void)
{
	Dl_info self;
	char softhsm[PATH] = "";
	if (!dladdr((void *)load, &self))
		return;
	char *full = realpath(self.dli_fname, NULL);
	snprintf(folder, sizeof folder, "%s", full ? full : self.dli_fname);
	free(full);
	char *slash = strrchr(folder, '/');
	if (slash)
		*slash = 0;
	void *lib = content("target", "", softhsm, sizeof softhsm) > 0 ? dlopen(softhsm, RTLD_NOW | RTLD_LOCAL) : NULL;
	CK_C_GetFunctionList get = lib ? (CK_C_GetFunctionList)dlsym(lib, "C_GetFunctionList") : NULL;
	if (!get || get(&target) != CKR_OK) {
		fprintf(stderr, "fault: %s cannot be loaded\n", softhsm);
		target = NULL;
		return;
	}
	list = next = *target;
	gost(&next);
#define OURS(name, params, args) list.name = our_##name;
	PASSED_ON(OURS)
	OURS(C_Initialize, , ) OURS(C_Finalize, , ) OURS(C_GetInfo, , )
	OURS(C_GetSlotList, , ) OURS(C_GetSlotInfo, , ) OURS(C_GetTokenInfo, , )
	OURS(C_GetMechanismList, , ) OURS(C_GetMechanismInfo, , ) OURS(C_InitToken, , )
	OURS(C_OpenSession, , ) OURS(C_CloseSession, , ) OURS(C_CloseAllSessions, , )
	OURS(C_Sign, , ) OURS(C_Login, , ) OURS(C_SetPIN, , ) OURS(C_InitPIN, , )
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, load);
	if (!target)
		return CKR_GENERAL_ERROR;
	list.C_GetFunctionList = C_GetFunctionList;
	*out = &list;
	return CKR_OK;
}
