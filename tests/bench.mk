# SPDX-License-Identifier: Apache-2.0
# make bench: every benchmark; each prints a table and writes build/bench/NAME.json.
.PHONY: bench-session bench-change bench-video bench-ui bench-server bench-preview
# One after the other, or they would measure each other.
.NOTPARALLEL: bench
bench: bench-session bench-change bench-video bench-ui
bench-session: all
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/session
bench-change: all
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/change
bench-video: all
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/video
bench-ui: all $(BUILD)/bench/ui_draw
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/ui
$(BUILD)/bench/ui_draw: tests/bench/ui_draw.c $(ui_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(ui_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(ui_archives) -Wl,--end-group $(ui_libs)
bench-preview: all
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/preview
# 200 kills of the server and of PostgreSQL; a test has a few of each.
.PHONY: kill-test
kill-test: all
	+@KILLS=$${KILLS:-200} TYND_BUILD=$(abspath $(BUILD)) tests/flow/test_kill
bench-server: all $(BUILD)/bench/server_load $(BUILD)/bench/server_seed $(BUILD)/bench/server_seen
	+@TYND_BUILD=$(abspath $(BUILD)) tests/bench/server
$(BUILD)/bench/server_load: tests/bench/server_load.c $(addprefix tools/fleet/,link.c alarm.c trust.c) $(wildcard tools/fleet/*.h) $(agent_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) -Itools $(agent_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) \
		-Wl,--start-group $(agent_archives) -Wl,--end-group $(agent_libs) -lz
$(BUILD)/bench/server_seed $(BUILD)/bench/server_seen: $(BUILD)/bench/%: tests/bench/%.c $(server_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(server_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(server_archives) -Wl,--end-group $(server_libs)
