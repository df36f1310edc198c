/* The files that control the module. */
#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *path(char *buf, const char *command, const char *of)
{
	snprintf(buf, PATH, "%s/%s%s", folder, command, of);
	return buf;
}

int there(const char *command, const char *of)
{
	char p[PATH];
	return access(path(p, command, of), F_OK) == 0;
}

int take(const char *command, const char *of)
{
	char p[PATH];
	return unlink(path(p, command, of)) == 0;
}

int content(const char *command, const char *of, char *line, int size)
{
	char p[PATH];
	FILE *f = fopen(path(p, command, of), "re");
	if (!f)
		return -1;
	if (!fgets(line, size, f))
		line[0] = 0;
	fclose(f);
	line[strcspn(line, "\r\n")] = 0;
	return (int)strlen(line);
}

unsigned long number(const char *command, const char *of, int base)
{
	char line[32];
	return content(command, of, line, sizeof line) < 0 ? 0 : strtoul(line, NULL, base);
}

void put(const char *command, const char *of, const char *mode, const char *text)
{
	char p[PATH];
	FILE *f = fopen(path(p, command, of), mode);
	if (!f) { /* the test is over and the folder gone */
		perror(p);
		return;
	}
	fputs(text, f);
	fclose(f);
}

CK_RV orders(const char *name)
{
	if (there("hang-", name)) {
		put("hanging-", name, "we", "");
		while (there("hang-", name))
			usleep(10 * 1000);
		take("hanging-", name);
	}
	for (unsigned long ms = number("late-", name, 10); ms > 0; ms--)
		usleep(1000);
	if (take("crash-", name))
		*(volatile int *volatile)0 = 1;
	return number("fail-", name, 16);
}
