/* SPDX-License-Identifier: Apache-2.0 */
/* Which back end decodes what, when some of them fail; the back ends are the test's own. */
#include <errno.h>
#include <libdrm/drm_fourcc.h>
#include <poll.h>

#include "base/log.h"
#include "fuzz/video_reference.h"
#include "unit/test.h"
#include "unit/video_stream.h"
#include "video/backend.h"
#include "video/watch.h"

/* What one does: nothing out of the ordinary, or fail at the n-th picture. */
static struct script {
	int create_result; /* 0: exists */
	int fail_at, fail_result;
	int created, destroyed, resets, pictures, sets;
} scripts[VIDEO_BACKENDS];

struct fake {
	struct script *script;
	struct video_pool *pool;
	const struct backend_setup *setup;
};

static int create(unsigned i, const struct backend_setup *setup, void **ret, struct err *err)
{
	if (scripts[i].create_result < 0)
		return err_set(err, -scripts[i].create_result, "told so");
	struct fake *fake = own_alloc(sizeof(*fake));
	*fake = (struct fake){.script = &scripts[i], .setup = setup};
	scripts[i].created++;
	*ret = fake;
	return 0;
}

static int decode(void *state, const struct backend_packet *packet, struct video_frame **ret,
		struct err *err)
{
	struct fake *fake = state;
	struct pool_shape shape = {DRM_FORMAT_NV12, 48, 32, YUV_BT709, YUV_FULL, 0};
	struct pool_buffer *buffer;

	if (!packet->sps) {
		fake->script->sets++;
		return 0;
	}
	if (++fake->script->pictures == fake->script->fail_at || fake->script->fail_at < 0)
		return err_set(err, -fake->script->fail_result, "told so");
	backend_pool(fake->setup, &shape, &fake->pool);
	CHECK(pool_take(fake->pool, &buffer, err) == 0);
	*ret = frame_create(buffer, (struct yuv_rect){0, 0, 48, 32}, packet->time_us,
			packet->is_key);
	return 1;
}

static void reset(void *state)
{
	((struct fake *)state)->script->resets++;
}

static void destroy(void *state)
{
	struct fake *fake = state;

	fake->script->destroyed++;
	pool_destroy(fake->pool);
	free(fake);
}

#define FAKE(n) \
	static int create##n(const struct backend_setup *setup, const struct h264_sps *sps, \
			void **ret, struct err *err) \
	{ \
		CHECK_INT(sps->width, 48); \
		return create(n, setup, ret, err); \
	} \
	static const struct backend fake##n = {create##n, decode, reset, destroy}
FAKE(0);
FAKE(1);
FAKE(2);
FAKE(3);

const struct backend *const backend_table[VIDEO_BACKENDS] = {&fake0, &fake1, &fake2, &fake3};

void backend_prepare(void)
{
}

/* Key frame, P, P, and so on: a picture per letter; the outcome per letter. */
static const char *play(struct video_decoder *decoder, const char *pictures)
{
	static char outcome[64];
	static struct stream stream;
	size_t n = 0;

	stream_reference(&stream);
	for (; pictures[n]; n++) {
		unsigned unit = pictures[n] == 'K' ? 0 : (unsigned)(pictures[n] - '0');
		struct video_frame *frame = NULL;
		struct err err;
		int r = video_decode(decoder, video_reference + stream.begin[unit],
				stream.begin[unit + 1] - stream.begin[unit], (int64_t)n, &frame,
				&err);
		outcome[n] = r < 0    ? '!'
		             : r == 0 ? '-'
		                      : (char)('a' + video_decoder_backend(decoder));
		video_frame_unref(frame);
	}
	outcome[n] = 0;
	return outcome;
}

static const struct {
	const char *name;
	struct script scripts[VIDEO_BACKENDS];
	uint32_t backends;
	const char *pictures, *outcome;
	unsigned hand_overs;
} table[] = {
		{"the first one is taken", {{0}}, 0, "K12K12", "aaaaaa", 0},
		{"those that cannot are passed over", {{-ENODEV}, {-ENODEV}, {-ENOTSUP}, {0}}, 0,
				"K12", "ddd", 0},
		{"only those that are allowed", {{0}},
				1 << VIDEO_V4L2_REQUEST | 1 << VIDEO_SOFTWARE, "K12", "ccc", 0},
		{"a failure at a key frame costs nothing", {{0, 4, -EIO}}, 0, "K12K12", "aaabbb",
				1},
		{"a failure in between waits for a key frame", {{0, 2, -EIO}}, 0, "K12K12",
				"a--bbb", 1},
		{"a hang is a failure", {{0, 2, -ETIMEDOUT}}, 0, "K12K12", "a--bbb", 1},
		{"all fail, one after the other", {{0, 1, -EIO}, {0, 1, -ENOMEM}, {0, 2, -EIO}}, 0,
				"K12K12", "c--ddd", 3},
		{"broken bytes are nobody's fault", {{0, 2, -EBADMSG}}, 0, "K12K12", "a!-aaa", 0},
		{"one broken key frame is no failure", {{0, 1, -EBADMSG}}, 0, "K12K12", "!--aaa",
				0},
		{"good ones that are called broken are", {{0, -1, -EBADMSG}}, 0, "K12K12", "!--bbb",
				1},
		{"software is asked again and again", {{-1}, {-1}, {-1}, {0, 2, -ENOMEM}}, 0,
				"K12K12", "d!-ddd", 0},
		{"nothing is left", {{0, 1, -EIO}, {-1}}, 1 << VIDEO_VAAPI | 1 << VIDEO_V4L2,
				"K1K1", "!-!-", 1},
};

static void test_table(size_t i)
{
	struct video_options options = {.backends = table[i].backends};
	struct video_decoder *decoder = NULL;
	struct err err;

	memcpy(scripts, table[i].scripts, sizeof(scripts));
	CHECK(video_decoder_create(&options, &decoder, &err) == 0);
	CHECK_TEXT(play(decoder, table[i].pictures), table[i].outcome);
	CHECK_INT(video_decoder_stats(decoder).hand_overs, table[i].hand_overs);
	video_decoder_destroy(decoder);
	for (unsigned n = 0; n < VIDEO_BACKENDS; n++) {
		CHECK_INT(scripts[n].created, scripts[n].destroyed);
		CHECK(scripts[n].sets >= scripts[n].created);
	}
}

struct sleeper {
	int ms, rounds;
	int *ended;
};

static int sleep_some(void *data)
{
	struct sleeper *sleeper = data;

	poll(NULL, 0, sleeper->ms);
	return ++sleeper->rounds;
}

static void end_sleeper(void *data)
{
	__atomic_add_fetch(((struct sleeper *)data)->ended, 1, __ATOMIC_SEQ_CST);
	free(data);
}

static void test_watch(void)
{
	static int ended;
	struct watch *watch = NULL;
	struct err err;

	TEST("work that comes back in time") {
		struct sleeper *sleeper = own_alloc(sizeof(*sleeper));
		*sleeper = (struct sleeper){0, 0, &ended};
		CHECK(watch_create(sleeper, end_sleeper, &watch, &err) == 0);
		CHECK_INT(watch_call(watch, sleep_some, 60000), 1);
		CHECK_INT(watch_call(watch, sleep_some, 60000), 2);
		watch_destroy(watch);
		CHECK_INT(ended, 1);
	}
	TEST("work that hangs is left behind, and cleaned up when it ends after all") {
		struct sleeper *sleeper = own_alloc(sizeof(*sleeper));
		*sleeper = (struct sleeper){300, 0, &ended};
		CHECK(watch_create(sleeper, end_sleeper, &watch, &err) == 0);
		CHECK_INT(watch_call(watch, sleep_some, 10), -ETIMEDOUT);
		CHECK_INT(watch_call(watch, sleep_some, 60000), -ETIMEDOUT);
		watch_destroy(watch);
		for (int i = 0; i < 6000 && __atomic_load_n(&ended, __ATOMIC_SEQ_CST) < 2; i++)
			poll(NULL, 0, 10);
		CHECK_INT(ended, 2);
	}
}

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		TEST(table[i].name) {
			test_table(i);
		}
	test_watch();
	TEST_END();
}
