# SPDX-License-Identifier: Apache-2.0
# make fuzz-video: a million broken streams through the decoder, with sanitizers (an hour or more).
.PHONY: fuzz-video
MUTATIONS ?= 1000000
fuzz-video:
	+@$(MAKE) --no-print-directory SAN=1 build-san/unit/video_mutations
	+@MUTATIONS=$(MUTATIONS) ASAN_OPTIONS=quarantine_size_mb=1:allocator_release_to_os_interval_ms=-1 nice build-san/unit/video_mutations

# The kernel's virtual decoder of stateless H.264, in user-mode Linux.
$(BUILD)/kms/visl: tests/kms/visl.c $(wildcard tests/unit/*.h) $(video_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) -Itests $(video_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(video_archives) -Wl,--end-group $(video_libs)
kms-programs: $(BUILD)/kms/visl
