# SPDX-License-Identifier: Apache-2.0
# make fuzz-video: a million broken streams through the decoder, with sanitizers (an hour or more).
.PHONY: fuzz-video
MUTATIONS ?= 1000000
fuzz-video:
	+@$(MAKE) --no-print-directory SAN=1 build-san/unit/video_mutations
	+@MUTATIONS=$(MUTATIONS) ASAN_OPTIONS=quarantine_size_mb=1:allocator_release_to_os_interval_ms=-1 nice build-san/unit/video_mutations
