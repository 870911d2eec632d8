/* SPDX-License-Identifier: Apache-2.0 */
/* XKB names to Windows keyboard layout identifiers ([MS-RDPBCGR] 2.2.1.3.2 keyboardLayout). */
#include <string.h>

#include "input/input.h"

enum { LAYOUT_US = 0x00000409 };

struct layout {
	const char *layout, *variant; /* variant NULL: any other */
	uint32_t rdp;
};

static const struct layout layouts[] = {
		{"dk", NULL, 0x00000406},
		{"no", "smi", 0x0001043b},
		{"no", "smi_nodeadkeys", 0x0001043b},
		{"no", NULL, 0x00000414},
		{"se", "smi", 0x0002083b},
		{"se", NULL, 0x0000041d},
		{"fi", "smi", 0x0002083b},
		{"fi", NULL, 0x0000040b},
		{"is", NULL, 0x0000040f},
		{"fo", NULL, 0x00000438},
		{"gl", NULL, 0x0000046f},
		{"de", NULL, 0x00000407},
		{"at", NULL, 0x00000407},
		{"ch", "fr", 0x0000100c},
		{"ch", "fr_nodeadkeys", 0x0000100c},
		{"ch", NULL, 0x00000807},
		{"gb", "extd", 0x00000452},
		{"gb", NULL, 0x00000809},
		{"ie", NULL, 0x00001809},
		{"us", "intl", 0x00020409},
		{"us", "altgr-intl", 0x00020409},
		{"us", "alt-intl", 0x00020409},
		{"us", "dvorak", 0x00010409},
		{"us", "dvorak-l", 0x00030409},
		{"us", "dvorak-r", 0x00040409},
		{"us", NULL, LAYOUT_US},
		{"ca", "eng", LAYOUT_US},
		{"ca", NULL, 0x00001009},
		{"nl", NULL, 0x00000413},
		{"be", NULL, 0x0000080c},
		{"fr", NULL, 0x0000040c},
		{"es", NULL, 0x0000040a},
		{"latam", NULL, 0x0000080a},
		{"pt", NULL, 0x00000816},
		{"br", NULL, 0x00000416},
		{"it", NULL, 0x00000410},
		{"mt", NULL, 0x0000043a},
		{"pl", "qwertz", 0x00010415},
		{"pl", NULL, 0x00000415},
		{"cz", "qwerty", 0x00010405},
		{"cz", NULL, 0x00000405},
		{"sk", "qwerty", 0x0001041b},
		{"sk", NULL, 0x0000041b},
		{"hu", NULL, 0x0000040e},
		{"ro", NULL, 0x00010418},
		{"hr", NULL, 0x0000041a},
		{"si", NULL, 0x00000424},
		{"rs", "latin", 0x0000081a},
		{"rs", NULL, 0x00000c1a},
		{"bg", "phonetic", 0x00020402},
		{"bg", NULL, 0x00030402},
		{"gr", NULL, 0x00000408},
		{"ee", NULL, 0x00000425},
		{"lv", NULL, 0x00020426},
		{"lt", NULL, 0x00010427},
		{"ua", NULL, 0x00020422},
		{"ru", NULL, 0x00000419},
		{"tr", "f", 0x0001041f},
		{"tr", NULL, 0x0000041f},
		{"il", NULL, 0x0000040d},
		{"ara", NULL, 0x00000401},
		{"jp", NULL, 0x00000411},
		{"kr", NULL, 0x00000412},
};

uint32_t input_rdp_layout(const char *layout, const char *variant)
{
	/* Of "dk,us" the first counts: the server knows one layout. */
	size_t length = strcspn(layout, ",");
	size_t variant_length = strcspn(variant, ",");

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		const struct layout *row = &layouts[i];

		if (strlen(row->layout) != length || strncmp(row->layout, layout, length) != 0)
			continue;
		if (row->variant && (strlen(row->variant) != variant_length ||
						    strncmp(row->variant, variant,
								    variant_length) != 0))
			continue;
		return row->rdp;
	}
	return LAYOUT_US;
}
