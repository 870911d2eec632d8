// SPDX-License-Identifier: Apache-2.0
#include "agent/trial.h"

#include "unit/test.h"

static const struct {
	struct trial_floor floor;
	uint64_t revision;
	enum reason reason;
} takes[] = {
		{{0, 0, 0}, 1, REASON_NONE},
		{{4, 4, 0}, 5, REASON_NONE},
		{{4, 4, 0}, 4, REASON_CONFIG_OLDER},
		{{4, 4, 0}, 3, REASON_CONFIG_OLDER},
		{{4, 7, 0}, 6, REASON_CONFIG_OLDER},
		{{0, 7, 0}, 7, REASON_NONE}, /* its copy was lost */
		{{0, 7, 0}, 6, REASON_CONFIG_OLDER},
		{{4, 5, 5}, 5, REASON_CONFIG_RETURNED},
		{{4, 5, 5}, 6, REASON_NONE},
		{{0, 5, 5}, 4, REASON_CONFIG_OLDER},
};

static const struct {
	struct trial trial;
	int64_t now_ms;
	enum trial_verdict verdict;
} trials[] = {
		{{.is_begun = false, .is_reached = true}, 1000000, TRIAL_GOES_ON},
		{{.is_begun = true}, 89999, TRIAL_GOES_ON},
		{{.is_begun = true, .has_previous = true}, 90000, TRIAL_RETURN},
		{{.is_begun = true}, 90000, TRIAL_RETURN},
		{{.is_begun = true, .is_up = true, .is_reached = true}, 0, TRIAL_GOOD},
		{{.is_begun = true, .is_up = true, .is_reached = true}, 1000000, TRIAL_GOOD},
		{{.is_begun = true, .is_up = true}, 89999, TRIAL_GOES_ON},
		{{.is_begun = true, .is_up = true, .has_previous = true}, 90000, TRIAL_RETURN},
		{{.is_begun = true, .is_up = true}, 90000, TRIAL_GOES_ON},
		{{.is_begun = true, .is_reached = true}, 90000, TRIAL_RETURN},
};

int main(void)
{
	TEST("only what is newer than all that was seen is taken") {
		for (unsigned i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
			struct err err = {0};

			CHECK_INT(trial_judge(&takes[i].floor, takes[i].revision, &err),
					takes[i].reason);
			CHECK_INT(err.text[0] != 0, takes[i].reason != REASON_NONE);
		}
	}
	TEST("the server is told the newest that it need not offer") {
		const struct trial_floor floor = {.held = 4, .seen = 9, .returned = 6};

		CHECK_INT(trial_newest(&floor, 0), 6);
		CHECK_INT(trial_newest(&floor, 5), 6);
		CHECK_INT(trial_newest(&floor, 8), 8);
	}
	TEST("a config is good when screen and server are there, and returns in time otherwise") {
		for (unsigned i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
			CHECK_INT(trial_verdict(&trials[i].trial, trials[i].now_ms, TRIAL_MS),
					trials[i].verdict);
	}
	TEST_END();
}
