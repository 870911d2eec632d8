# SPDX-License-Identifier: Apache-2.0
# Every target runs in the one environment (Debian 13 with backports): this file
# enters it by itself and then reads tools/rules.mk. `make help` lists targets.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-print-directory --no-builtin-rules

ifneq ($(wildcard /etc/tynd-root),)
include tools/rules.mk
else ifeq ($(TYND_INSIDE),1)
include tools/rules.mk
else
GOALS := $(or $(MAKECMDGOALS),all)
.PHONY: $(GOALS) enter
$(GOALS): enter
	@:
enter:
	@tools/env env TYND_INSIDE=1 make $(GOALS)
endif
