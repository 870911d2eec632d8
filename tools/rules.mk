# SPDX-License-Identifier: Apache-2.0
# The build, inside the environment. Modules, their dependencies and libraries
# come from src/LAYERS; a folder of src/ with a main.c is a program.
J ?= $(shell nproc)
# A recipe that begins with + shows its output at once; that of the others comes whole.
MAKEFLAGS += -j$(J) --output-sync=target
BUILD := $(if $(SAN),build-san,build)
CC := $(or $(TYND_CC),gcc)
VERSION := 0.1.0
FREERDP_MIN := 3.32.1

modules := $(shell sed -n 's/^\([a-z]*\):.*/\1/p' src/LAYERS)
uses = $(shell sed -n 's/^$(1): *\([^|]*\).*/\1/p' src/LAYERS)
pkgs = $(shell sed -n 's/^$(1):[^|]*|\(.*\)/\1/p' src/LAYERS)
programs := $(patsubst src/%/main.c,%,$(wildcard src/*/main.c))
program_name = $(if $(filter ctl,$(1)),tyndctl,tynd-$(1))
# Loops over samples that shall become vectors.
optimize = $(if $(filter yuv video,$(1)),-O3)
bins := $(foreach p,$(programs),$(BUILD)/bin/$(call program_name,$(p)))

warnings := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wno-format-nonliteral -Wundef -Wvla -Wno-missing-field-initializers
hardening := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection \
	-ftrivial-auto-var-init=zero -fPIE
sanitize := -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
CPPFLAGS := -D_GNU_SOURCE -Isrc -DTYND_VERSION='"$(VERSION)"' -DTYND_DATA='"/usr/share/tynd"'
CFLAGS := -std=gnu17 -O2 -g $(warnings) $(if $(SAN),$(sanitize) -U_FORTIFY_SOURCE -fPIE,$(hardening))
LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(if $(SAN),$(sanitize))

.PHONY: all check test demo image lint format setup bench fuzz uml
all: $(bins) $(BUILD)/catalogues

# One archive per module; main.c stays outside, so that tests link the rest of a program.
define module_rules
$(1)_sources := $$(filter-out src/$(1)/main.c,$$(wildcard src/$(1)/*.c))
$(1)_objects := $$(patsubst src/%.c,$(BUILD)/obj/%.o,$$($(1)_sources))
$(1)_pkgs := $$(sort $$(foreach m,$(1) $$(call uses,$(1)),$$(call pkgs,$$(m))))
$(1)_archives := $$(foreach m,$(1) $$(call uses,$(1)),$(BUILD)/lib/$$(m).a)
$(1)_cflags := $$(if $$(strip $$(call pkgs,$(1))),$$(shell pkg-config --cflags $$(call pkgs,$(1)) | sed 's/-I\//-isystem \//g'))
$(1)_libs := $$(if $$(strip $$($(1)_pkgs)),$$(shell pkg-config --libs $$($(1)_pkgs))) -lm -lpthread -lresolv
$(BUILD)/lib/$(1).a: $$($(1)_objects)
	@mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$^
$(BUILD)/obj/$(1)/%.o: src/$(1)/%.c tools/rules.mk src/LAYERS | freerdp-version
	@mkdir -p $$(@D) && echo "  CC   $$<" && $(CC) $(CPPFLAGS) $$($(1)_cflags) $(CFLAGS) $(call optimize,$(1)) -MMD -MP -c -o $$@ $$<
endef
$(foreach m,$(modules),$(eval $(call module_rules,$(m))))

define program_rules
$(BUILD)/bin/$(call program_name,$(1)): $(BUILD)/obj/$(1)/main.o $$($(1)_archives)
	@mkdir -p $$(@D) && echo "  LD   $$@" && $(CC) $(CFLAGS) $(LDFLAGS) -o $$@ $$< -Wl,--start-group $$($(1)_archives) -Wl,--end-group $$($(1)_libs)
endef
$(foreach p,$(programs),$(eval $(call program_rules,$(p))))

.PHONY: freerdp-version
freerdp-version:
	@pkg-config --atleast-version=$(FREERDP_MIN) freerdp3 || { \
	echo "FreeRDP $$(pkg-config --modversion freerdp3 2>/dev/null || echo none) found, $(FREERDP_MIN) or newer needed: take it from trixie-backports" >&2; exit 1; }

# --- unit tests: tests/unit/MODULE_what.c links MODULE and what it uses.
# tests/unit/MODULE_what.libs may name fakes: "fake/drm" adds tests/fake/drm.c.
unit_sources := $(wildcard tests/unit/*.c)
units := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(unit_sources))
module_of = $(firstword $(subst _, ,$(notdir $(1))))
define unit_rules
$(BUILD)/unit/$(1): tests/unit/$(1).c tests/unit/test.h $$($(call module_of,$(1))_archives) $(addprefix tests/,$(addsuffix .c,$(shell cat tests/unit/$(1).libs 2>/dev/null)))
	@mkdir -p $$(@D) && echo "  CC   $$<" && $(CC) $(CPPFLAGS) -Itests $$(if $$(strip $$($(call module_of,$(1))_pkgs)),$$(shell pkg-config --cflags $$($(call module_of,$(1))_pkgs) | sed 's/-I\//-isystem \//g')) \
		$(CFLAGS) $(LDFLAGS) -MMD -MP -MF $$@.d -o $$@ $$(filter %.c,$$^) -Wl,--start-group $$($(call module_of,$(1))_archives) -Wl,--end-group $$($(call module_of,$(1))_libs)
endef
$(foreach u,$(patsubst tests/unit/%.c,%,$(unit_sources)),$(eval $(call unit_rules,$(u))))

.PHONY: units
units: $(units)
# Unit tables, and each fuzz driver over its corpus for a moment (it has sanitizers of its own).
check: all units $(if $(SAN),,fuzzers)
	+@TYND_BUILD=$(BUILD) FUZZ_RUNS=2000 tests/run unit $(if $(SAN),,fuzz)

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/unit/*.d)

# --- fuzz drivers: tests/fuzz/MODULE_what.c with clang's libFuzzer, corpus in tests/fuzz/MODULE_what/
fuzzers := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
fuzz_flags := -std=gnu17 -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=undefined
fuzz_archives = $(foreach m,$(1) $(call uses,$(1)),$(BUILD)/fuzzed/lib/$(m).a)
define fuzzed_module_rules
$(BUILD)/fuzzed/lib/$(1).a: $$(patsubst src/%.c,$(BUILD)/fuzzed/%.o,$$($(1)_sources))
	@mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$^
$(BUILD)/fuzzed/$(1)/%.o: src/$(1)/%.c tools/rules.mk
	@mkdir -p $$(@D) && echo "  FUZZ $$<" && clang $(CPPFLAGS) $$($(1)_cflags) $(fuzz_flags) \
		-fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $$@ $$<
endef
$(foreach m,$(modules),$(eval $(call fuzzed_module_rules,$(m))))
define fuzz_rules
$(BUILD)/fuzz/$(1): tests/fuzz/$(1).c $(call fuzz_archives,$(call module_of,$(1)))
	@mkdir -p $$(@D) && echo "  FUZZ $$<" && clang $(CPPFLAGS) -Itests $$($(call module_of,$(1))_cflags) $(fuzz_flags) \
		-fsanitize=fuzzer,address,undefined -o $$@ $$< -Wl,--start-group $(call fuzz_archives,$(call module_of,$(1))) \
		-Wl,--end-group $$($(call module_of,$(1))_libs)
endef
$(foreach f,$(fuzzers),$(eval $(call fuzz_rules,$(f))))
-include $(wildcard $(BUILD)/fuzzed/*/*.d)
.PHONY: fuzzers
fuzzers: $(addprefix $(BUILD)/fuzz/,$(fuzzers))
fuzz: fuzzers
	+@TYND_BUILD=$(BUILD) tests/run fuzz

# --- texts
languages := $(patsubst po/%.po,%,$(wildcard po/*.po))
.PHONY: $(BUILD)/catalogues
$(BUILD)/catalogues: $(foreach l,$(languages),$(BUILD)/locale/$(l)/LC_MESSAGES/tynd.mo)
$(BUILD)/locale/%/LC_MESSAGES/tynd.mo: po/%.po
	@mkdir -p $(@D) && msgfmt --check -o $@ $<

# --- everything: what CI runs. Each suite says what it needs; see tests/run.
test: all units fuzzers uml image
	+@TYND_BUILD=$(BUILD) tests/run

# --- the rest are scripts and parts of their own
setup:
	@echo "the environment is ready: $(if $(TYND_ROOT),$(TYND_ROOT),this Debian 13 host)"
-include $(filter-out tools/rules.mk,$(wildcard tools/*.mk tests/*.mk board/*.mk))
format:
	@clang-format -i $(sources)
