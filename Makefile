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
GOALS := $(filter-out help clean,$(or $(MAKECMDGOALS),all))
.NOTPARALLEL:
.PHONY: $(GOALS) enter
$(GOALS): enter
	@:
enter:
	@tools/env env TYND_INSIDE=1 make $(GOALS)
endif

# These need no environment.
.PHONY: help clean
clean:
	@rm -rf build build-san
help:
	@echo 'make setup   the environment (Debian 13 with backports)'; \
	echo 'make all     programs and catalogues in build/'; \
	echo 'make check   unit tests: no network, no root, under a minute'; \
	echo 'make test    everything: unit, flow, KMS in user-mode Linux, the image in QEMU'; \
	echo 'make demo    server, demo desktop and the image in a virtual machine'; \
	echo 'make image BOARD=pc   the firmware'; \
	echo 'make lint | format | fuzz | bench | clean   SAN=1 builds with sanitizers'
