/* What the files of the module share. See fault.c for what it is. */
#define _GNU_SOURCE
#include <stddef.h>

#define CK_PTR *
#define NULL_PTR 0
#define CK_DECLARE_FUNCTION(type, name) type name
#define CK_DECLARE_FUNCTION_POINTER(type, name) type(*name)
#define CK_CALLBACK_FUNCTION(type, name) type(*name)
#include "pkcs11.h"

enum { FOLDER = 2048, PATH = FOLDER + 256, SERIAL = 16 };

extern CK_FUNCTION_LIST_PTR target; /* SoftHSM's */
extern char folder[FOLDER];         /* where fault.so and its orders are */

/* control.c: files. A file's name is a command and what it is about. */
int there(const char *command, const char *of);
int take(const char *command, const char *of); /* removes it; true for one caller only */
int content(const char *command, const char *of, char *line, int size); /* -1 without it */
unsigned long number(const char *command, const char *of, int base);
void put(const char *command, const char *of, const char *mode, const char *text);
CK_RV orders(const char *name); /* hang-, late-, crash-, fail- */

/* plug.c: a call of a token. After CKR_OK of enter or enter_slot, leave must
 * follow, and SoftHSM may be called between them. */
struct call {
	const char *name;
	char serial[SERIAL + 1]; /* "" for a spare slot or an unknown session */
	unsigned pulls;
};
CK_RV enter_slot(struct call *c, const char *name, CK_SLOT_ID slot);
CK_RV enter(struct call *c, const char *name, CK_SESSION_HANDLE handle);
CK_RV leave(struct call *c, CK_RV rv);
int present(const char *serial);
void serial_of(CK_SLOT_ID slot, char *serial);
void opened(const struct call *c, CK_SLOT_ID slot, CK_SESSION_HANDLE handle);
void closed(CK_SESSION_HANDLE handle);
void all_alone(CK_RV (*f)(CK_VOID_PTR), CK_VOID_PTR arg, CK_RV *rv); /* no other call runs meanwhile */
void forget_sessions(void);

/* pin.c: what is between the caller and SoftHSM when a PIN is checked or set. */
void pin_flags(const char *serial, CK_TOKEN_INFO_PTR info);
CK_RV login(const struct call *c, CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG len);
CK_RV set_pin(const struct call *c, CK_SESSION_HANDLE s, CK_UTF8CHAR_PTR old, CK_ULONG old_len, CK_UTF8CHAR_PTR new, CK_ULONG new_len);
CK_RV init_pin(const struct call *c, CK_SESSION_HANDLE s, CK_UTF8CHAR_PTR pin, CK_ULONG len);
CK_RV init_token(const struct call *c, CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG len, CK_UTF8CHAR_PTR label);

/* gost.c: puts functions that obey gost512, reversed and spoilt before SoftHSM's. */
void gost(CK_FUNCTION_LIST_PTR list);
