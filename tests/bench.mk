# SPDX-License-Identifier: Apache-2.0
# make bench: every benchmark; each prints a table and writes build/bench/NAME.json.
.PHONY: bench-session bench-change bench-video
bench: bench-session bench-change bench-video
bench-session: all
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/session
bench-change: all
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/change
bench-video: all
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/video
