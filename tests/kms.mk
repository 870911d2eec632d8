# SPDX-License-Identifier: Apache-2.0
# Tests on real KMS: programs over src/kms that run on the test kernel.
.PHONY: kms-test kms-random kms-programs uml
kms_programs := $(BUILD)/kms/drive $(BUILD)/kms/heads $(BUILD)/kms/random $(BUILD)/kms/colours $(BUILD)/kms/shot
$(kms_programs): $(BUILD)/kms/%: tests/kms/%.c tests/kms/vkms.c tests/kms/writeback.c $(wildcard tests/kms/*.h tests/unit/*.h) $(kms_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) -Itests $(kms_cflags) $(CFLAGS) $(LDFLAGS) -o $@ \
		$(filter %.c,$^) -Wl,--start-group $(kms_archives) -Wl,--end-group $(kms_libs)
$(BUILD)/kms/config: tests/flow/kiosk_config.c $(conf_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(conf_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(conf_archives) -Wl,--end-group $(conf_libs)
kms-programs: $(kms_programs) $(BUILD)/kms/config
uml: kms-programs
	+@tools/uml/build >/dev/null
kms-test: all uml
	+@TYND_BUILD=$(BUILD) tests/run kms
# The long proof, half an hour: 10,000 random sequences on real KMS against a plain compositor. Four
# kernels side by side, because each mostly waits for vertical blanks.
kms-random: uml
	+@printf '%s\n' 11 22 33 44 | xargs -P 4 -I SEED env TYND_BUILD=$(BUILD) SEED=SEED SEQUENCES=2500 UML_SECONDS=3600 tests/kms/test_random
