/* Tokens that come and go, and the sessions that die with them. */
#include "fault.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SESSIONS = 1024 };

/* Calls into SoftHSM hold this for reading. Whoever closes the sessions of a
 * token that was pulled out, which SoftHSM takes badly during a call, holds it
 * for writing. */
static pthread_rwlock_t calls = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

/* Guards what follows. */
static pthread_mutex_t state = PTHREAD_MUTEX_INITIALIZER;

static struct session {
	CK_SESSION_HANDLE handle; /* 0: free */
	CK_SLOT_ID slot;
	char serial[SERIAL + 1];
	unsigned pulls; /* of the token, when the session was opened */
	int dead; /* closed by sweep; kept to tell while the token is away */
} sessions[SESSIONS];

static char plugs[64 * 1024]; /* the file plug, which only grows: enough for 3,000 lines */
static size_t plugs_len;

/* pulls_of counts how often the token was pulled out, and tells whether it is
 * there now. The state is held. */
static unsigned pulls_of(const char *serial, int *is_there)
{
	char path[PATH];
	struct stat st;
	snprintf(path, sizeof path, "%s/plug", folder);
	if (stat(path, &st) == 0 && (size_t)st.st_size > plugs_len) {
		FILE *f = fopen(path, "re");
		if (f) {
			plugs_len = fread(plugs, 1, sizeof plugs - 1, f);
			plugs[plugs_len] = 0;
			fclose(f);
		}
	}
	unsigned pulls = 0;
	*is_there = 1;
	for (const char *l = plugs; *l; l += strcspn(l, "\n"), l += *l == '\n') {
		size_t n = strcspn(l + 1, "\r\n");
		int all = n == 3 && !memcmp(l + 1, "all", 3);
		if (!all && (!n || n != strlen(serial) || memcmp(l + 1, serial, n)))
			continue;
		*is_there = *l == '+';
		pulls += *l == '-';
	}
	return pulls;
}

int present(const char *serial)
{
	int is_there;
	pthread_mutex_lock(&state);
	pulls_of(serial, &is_there);
	pthread_mutex_unlock(&state);
	return is_there;
}

static void pull(const char *serial)
{
	char line[SERIAL + 3];
	snprintf(line, sizeof line, "-%s\n", serial);
	put("plug", "", "ae", line);
}

/* ---- sessions ---- */

/* opened takes a free place, else that of a session that died and was never
 * closed. */
void opened(const struct call *c, CK_SLOT_ID slot, CK_SESSION_HANDLE handle)
{
	struct session *place = NULL;
	pthread_mutex_lock(&state);
	for (int i = 0; i < SESSIONS; i++)
		if (!sessions[i].handle || (sessions[i].dead && (!place || place->handle)))
			place = &sessions[i];
	if (!place)
		abort();
	*place = (struct session){.handle = handle, .slot = slot, .pulls = c->pulls};
	strcpy(place->serial, c->serial);
	pthread_mutex_unlock(&state);
}

void closed(CK_SESSION_HANDLE handle)
{
	pthread_mutex_lock(&state);
	for (int i = 0; i < SESSIONS; i++)
		if (sessions[i].handle == handle)
			sessions[i].handle = 0;
	pthread_mutex_unlock(&state);
}

void forget_sessions(void)
{
	pthread_mutex_lock(&state);
	memset(sessions, 0, sizeof sessions);
	pthread_mutex_unlock(&state);
}

static int stale(const struct session *s)
{
	int is_there;
	return s->handle && !s->dead && pulls_of(s->serial, &is_there) != s->pulls;
}

/* sweep ends the sessions of tokens that were pulled out, and so their login. */
static void sweep(void)
{
	int any = 0;
	pthread_mutex_lock(&state);
	for (int i = 0; i < SESSIONS; i++)
		any |= stale(&sessions[i]);
	pthread_mutex_unlock(&state);
	if (!any)
		return;
	pthread_rwlock_wrlock(&calls);
	pthread_mutex_lock(&state);
	for (int i = 0; i < SESSIONS; i++) {
		if (!stale(&sessions[i]))
			continue;
		target->C_CloseAllSessions(sessions[i].slot);
		for (int j = 0; j < SESSIONS; j++)
			sessions[j].dead |= sessions[j].slot == sessions[i].slot;
	}
	pthread_mutex_unlock(&state);
	pthread_rwlock_unlock(&calls);
}

/* ---- calls ---- */

/* admit lets a call of a token go on, or releases the calls. */
static CK_RV admit(struct call *c, CK_RV absent)
{
	int is_there;
	pthread_mutex_lock(&state);
	c->pulls = pulls_of(c->serial, &is_there);
	pthread_mutex_unlock(&state);
	if (is_there && c->serial[0] && take("unplug-before-", c->name)) {
		pull(c->serial);
		absent = CKR_DEVICE_REMOVED;
		is_there = 0;
	}
	if (is_there)
		return CKR_OK;
	pthread_rwlock_unlock(&calls);
	return absent;
}

void serial_of(CK_SLOT_ID slot, char *serial)
{
	CK_TOKEN_INFO info;
	int n = 0;
	if (target->C_GetTokenInfo(slot, &info) == CKR_OK && info.flags & CKF_TOKEN_INITIALIZED) {
		for (n = SERIAL; n > 0 && info.serialNumber[n - 1] == ' ';)
			n--;
		memcpy(serial, info.serialNumber, n);
	}
	serial[n] = 0;
}

CK_RV enter_slot(struct call *c, const char *name, CK_SLOT_ID slot)
{
	c->name = name;
	CK_RV rv = orders(name);
	if (rv != CKR_OK)
		return rv;
	sweep();
	pthread_rwlock_rdlock(&calls);
	serial_of(slot, c->serial);
	return admit(c, CKR_TOKEN_NOT_PRESENT);
}

CK_RV enter(struct call *c, const char *name, CK_SESSION_HANDLE handle)
{
	c->name = name;
	c->serial[0] = 0;
	CK_RV rv = orders(name);
	if (rv != CKR_OK)
		return rv;
	sweep();
	pthread_rwlock_rdlock(&calls);
	pthread_mutex_lock(&state);
	for (int i = 0; i < SESSIONS; i++)
		if (handle && sessions[i].handle == handle)
			strcpy(c->serial, sessions[i].serial);
	pthread_mutex_unlock(&state);
	return admit(c, CKR_DEVICE_REMOVED);
}

/* leave ends a call. Whatever SoftHSM said, a token that was pulled out
 * meanwhile says nothing. */
CK_RV leave(struct call *c, CK_RV rv)
{
	int is_there;
	pthread_rwlock_unlock(&calls);
	if (!c->serial[0])
		return rv;
	if (take("unplug-during-", c->name))
		pull(c->serial);
	pthread_mutex_lock(&state);
	unsigned pulls = pulls_of(c->serial, &is_there);
	pthread_mutex_unlock(&state);
	return pulls == c->pulls ? rv : CKR_DEVICE_REMOVED;
}

void all_alone(CK_RV (*f)(CK_VOID_PTR), CK_VOID_PTR arg, CK_RV *rv)
{
	pthread_rwlock_wrlock(&calls);
	*rv = f(arg);
	pthread_rwlock_unlock(&calls);
}
