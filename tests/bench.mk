# SPDX-License-Identifier: Apache-2.0
# make bench: every benchmark; each prints a table and writes build/bench/NAME.json.
.PHONY: bench-session bench-change bench-video bench-ui
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
