/* SPDX-License-Identifier: Apache-2.0 */
/* stdin: a config as JSON; argv[1]: its revision; stdout: the struct that the agent hands on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/parse.h"

int main(int argc, char **argv)
{
	static char text[1 << 20];
	static struct conf_signed content;
	size_t size = fread(text, 1, sizeof(text), stdin);
	struct err err;

	content.revision = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	content.issued_s = 1790000000;
	strcpy(content.device, "0123456789abcdef");
	if (conf_parse_text(text, size, &content.conf, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return fwrite(&content, sizeof(content), 1, stdout) == 1 ? 0 : 1;
}
