/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk/plugs.h"

#include <string.h>

static bool is_blank(const struct layout_identity *who)
{
	return !who->maker[0] && !who->model[0] && !who->serial[0];
}

static bool is_equal(const struct layout_identity *a, const struct layout_identity *b)
{
	return strcmp(a->maker, b->maker) == 0 && strcmp(a->model, b->model) == 0 &&
	       strcmp(a->serial, b->serial) == 0;
}

/* On its socket a monitor may be mute for a while; a dock may give it another socket. */
static bool is_same(const struct plug *plug, const struct layout_place *place)
{
	if (strcmp(plug->connector, place->connector) == 0 &&
			(is_blank(&plug->identity) || is_blank(&place->identity)))
		return true;
	return is_equal(&plug->identity, &place->identity) &&
	       (place->identity.serial[0] || strcmp(plug->connector, place->connector) == 0);
}

static bool is_known(const struct plugs *plugs, const struct layout_place *place)
{
	for (unsigned i = 0; i < plugs->count; i++)
		if (is_same(&plugs->list[i], place))
			return true;
	return false;
}

static void add(struct plugs *plugs, const struct layout_place *place)
{
	struct plug *plug;

	if (plugs->count == PLUGS_MAX)
		return;
	plug = &plugs->list[plugs->count++];
	memcpy(plug->connector, place->connector, sizeof(plug->connector));
	plug->identity = place->identity;
}

bool plugs_update(struct plugs *plugs, const struct layout *layout, bool is_dark)
{
	bool is_new = false;

	for (unsigned i = 0; i < layout->count; i++)
		is_new |= !is_known(plugs, &layout->places[i]);
	if (!is_dark)
		plugs->count = 0;
	for (unsigned i = 0; i < layout->count; i++)
		if (!is_known(plugs, &layout->places[i]))
			add(plugs, &layout->places[i]);
	return is_new;
}
