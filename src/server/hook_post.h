/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POSTs to servers of somebody else, libcurl's multi interface in our loop. No redirects, no
 * proxies, a few seconds each. An address of one's own networks is refused when the socket is made,
 * whatever name led there, unless the administrator allowed it.
 */
#ifndef SERVER_HOOK_POST_H
#define SERVER_HOOK_POST_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"

struct hook_posts;
struct hook_post;

/* `networks`: private ones that are allowed, as cidr.h has them; kept by reference. NULL without libcurl. */
struct hook_posts *hook_posts_create(struct loop *loop, const char *networks);
void hook_posts_destroy(
		struct hook_posts *posts); /* ends what is under way without a call; takes NULL */

/* Called once: `complaint` is NULL when the answer was 2xx. */
typedef void (*hook_post_fn)(void *data, const char *complaint);

/* `headers`: lines, ended by NULL. `data` is malloc'd, and freed after the call, unless this fails. */
int hook_post_start(struct hook_posts *posts, const char *url, const char *body,
		const char *const *headers, hook_post_fn done, void *data, struct err *err);

/*
 * https://, or http:// to 127.0.0.1, [::1] or localhost where the administrator allowed loopback. No user
 * name, no password, no fragment.
 */
int hook_post_check(const struct hook_posts *posts, const char *url, struct err *err);

#endif
