/* PINs: the ladder of tries, and the pad. */
#include "fault.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { PIN = 256 };

/* Guards the files that count. */
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

static const char *const user = "wrong-user-", *const admin = "wrong-so-";

/* left tells how many tries are left; -1 for as many as one likes. */
static long left(const char *who, const char *serial)
{
	long tries = number("tries", "", 10);
	long wrong = number(who, serial, 10);
	return tries == 0 ? -1 : wrong < tries ? tries - wrong : 0;
}

static int locked(const char *who, const char *serial)
{
	return left(who, serial) == 0;
}

/* counted notes what SoftHSM said to a PIN, and passes it on. */
static CK_RV counted(const char *who, const char *serial, CK_RV rv)
{
	if (!serial[0] || !there("tries", ""))
		return rv;
	pthread_mutex_lock(&counting);
	if (rv == CKR_OK) {
		take(who, serial);
	} else if (rv == CKR_PIN_INCORRECT) {
		char n[32];
		snprintf(n, sizeof n, "%lu\n", number(who, serial, 10) + 1);
		put(who, serial, "we", n);
	}
	pthread_mutex_unlock(&counting);
	return rv;
}

static CK_FLAGS ladder(const char *who, const char *serial, CK_FLAGS low, CK_FLAGS final, CK_FLAGS lock)
{
	long n = left(who, serial);
	if (n == (long)number("tries", "", 10))
		return 0;
	return n == 0 ? lock : n == 1 ? final : low;
}

void pin_flags(const char *serial, CK_TOKEN_INFO_PTR info)
{
	if (there("pinpad", ""))
		info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	if (!serial[0])
		return;
	if (there("blank-", serial)) {
		info->flags &= ~(CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED);
		memset(info->label, ' ', sizeof info->label);
	}
	if (there("change-", serial))
		info->flags |= CKF_USER_PIN_TO_BE_CHANGED;
	if (!there("tries", ""))
		return;
	info->flags &= ~(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED |
			 CKF_SO_PIN_COUNT_LOW | CKF_SO_PIN_FINAL_TRY | CKF_SO_PIN_LOCKED);
	info->flags |= ladder(user, serial, CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
	info->flags |= ladder(admin, serial, CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED);
}

/* typed puts what is typed at the pad in the place of a PIN. Bindings that
 * cannot pass NULL pass a length of 0. */
static CK_RV typed(const char *file, CK_UTF8CHAR_PTR *pin, CK_ULONG *len, char *buf)
{
	if (!there("pinpad", ""))
		return CKR_OK;
	if (*pin && *len)
		return CKR_ARGUMENTS_BAD;
	int n = content(file, "", buf, PIN);
	if (n < 0)
		return CKR_FUNCTION_CANCELED;
	*pin = (CK_UTF8CHAR_PTR)buf;
	*len = n;
	return CKR_OK;
}

CK_RV login(const struct call *c, CK_SESSION_HANDLE s, CK_USER_TYPE type, CK_UTF8CHAR_PTR pin, CK_ULONG len)
{
	char buf[PIN];
	const char *who = type == CKU_SO ? admin : user;
	if (locked(who, c->serial))
		return CKR_PIN_LOCKED;
	CK_RV rv = typed(type == CKU_SO ? "pinpad-so" : "pinpad-user", &pin, &len, buf);
	return rv != CKR_OK ? rv : counted(who, c->serial, target->C_Login(s, type, pin, len));
}

CK_RV set_pin(const struct call *c, CK_SESSION_HANDLE s, CK_UTF8CHAR_PTR old, CK_ULONG old_len, CK_UTF8CHAR_PTR new, CK_ULONG new_len)
{
	char was[PIN], is[PIN];
	CK_SESSION_INFO info;
	CK_RV rv = target->C_GetSessionInfo(s, &info);
	if (rv != CKR_OK)
		return rv;
	int so = info.state == CKS_RW_SO_FUNCTIONS;
	const char *who = so ? admin : user;
	if (locked(who, c->serial))
		return CKR_PIN_LOCKED;
	if ((rv = typed(so ? "pinpad-so" : "pinpad-user", &old, &old_len, was)) != CKR_OK ||
	    (rv = typed("pinpad-new", &new, &new_len, is)) != CKR_OK)
		return rv;
	rv = counted(who, c->serial, target->C_SetPIN(s, old, old_len, new, new_len));
	if (rv == CKR_OK && !so)
		take("change-", c->serial);
	return rv;
}

CK_RV init_pin(const struct call *c, CK_SESSION_HANDLE s, CK_UTF8CHAR_PTR pin, CK_ULONG len)
{
	char buf[PIN];
	CK_RV rv = typed("pinpad-new", &pin, &len, buf);
	if (rv != CKR_OK)
		return rv;
	rv = target->C_InitPIN(s, pin, len);
	if (rv == CKR_OK) {
		take(user, c->serial);
		if (there("to-be-changed", ""))
			put("change-", c->serial, "we", "");
	}
	return rv;
}

CK_RV init_token(const struct call *c, CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG len, CK_UTF8CHAR_PTR label)
{
	char buf[PIN];
	if (locked(admin, c->serial))
		return CKR_PIN_LOCKED;
	CK_RV rv = typed("pinpad-so", &pin, &len, buf);
	if (rv != CKR_OK)
		return rv;
	rv = counted(admin, c->serial, target->C_InitToken(slot, pin, len, label));
	if (rv == CKR_OK && c->serial[0]) {
		take(user, c->serial);
		take("change-", c->serial);
		take("blank-", c->serial);
	}
	return rv;
}
