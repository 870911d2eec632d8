# SPDX-License-Identifier: Apache-2.0
# make lint: style, layers, links, analyzers, scripts, man pages, texts.
.PHONY: lint lint-format lint-layers lint-links lint-tidy lint-analyzer lint-shell lint-man lint-suites
sources := $(sort $(wildcard src/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.c tests/fake/*.[ch] tests/kms/*.[ch] tests/bench/*.[ch] tools/*.c tools/*/*.c))
scripts := $(shell grep -IlE '^\#!.*\b(ba|da)?sh\b' -r tools tests initramfs board .ci 2>/dev/null)
lint: lint-format lint-layers lint-links lint-tidy lint-analyzer lint-shell lint-man lint-suites
	@echo "lint: clean"
lint-format:
	@echo "  clang-format"; clang-format --dry-run --Werror $(sources)
lint-layers:
	@echo "  layers, lengths, licences"; tools/lint-layers
lint-links: all
	@echo "  links and hardening"; tools/lint-links $(BUILD)/bin
analyzed := $(foreach m,$(modules),$($(m)_sources) $(wildcard src/$(m)/main.c))
lint-tidy:
	@echo "  cppcheck"; cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches --suppress=toomanyconfigs \
		--suppress=unmatchedSuppression --suppress=getpwnamCalled --library=posix -D_GNU_SOURCE -Isrc -j$(J) $(analyzed)
# What is zeroed by -ftrivial-auto-var-init looks uninitialized to the analyzer.
lint-analyzer: $(patsubst src/%.c,$(BUILD)/analyzed/%.o,$(analyzed))
define analyzer_rules
$(BUILD)/analyzed/$(1)/%.o: src/$(1)/%.c tools/lint.mk
	@mkdir -p $$(@D) && echo "  -fanalyzer $$<" && gcc $(CPPFLAGS) $$($(1)_cflags) $(filter-out -ftrivial-auto-var-init=zero,$(CFLAGS)) -fanalyzer -Werror \
		-MMD -MP -c -o $$@ $$<
endef
$(foreach m,$(modules),$(eval $(call analyzer_rules,$(m))))
-include $(wildcard $(BUILD)/analyzed/*/*.d)
lint-shell:
	@echo "  shellcheck"; shellcheck -x -e SC1091,SC2016 $(scripts)
lint-man:
	@echo "  man pages"; for page in docs/man/*.[0-9]; do mandoc -Tlint -W warning $$page || exit 1; done
# Warns only: a newer FreeRDP than the one in use closes holes that are public.
lint-suites:
	@tools/newer freerdp3-dev
