# SPDX-License-Identifier: Apache-2.0
# make bench: every benchmark; each prints a table and writes build/bench/NAME.json.
.PHONY: bench-session
bench: bench-session
bench-session: all
	@TYND_BUILD=$(abspath $(BUILD)) tests/bench/session
