# SPDX-License-Identifier: Apache-2.0
# Tests on real KMS: a program that drives src/kms, run on the test kernel.
.PHONY: kms-test kms-drive
kms_drive := $(BUILD)/kms/drive
kms_drive_sources := $(wildcard tests/kms/*.c)
$(kms_drive): $(kms_drive_sources) $(wildcard tests/kms/*.h tests/unit/*.h) $(kms_archives)
	@mkdir -p $(@D) && echo "  CC   tests/kms" && $(CC) $(CPPFLAGS) -Itests $(kms_cflags) $(CFLAGS) $(LDFLAGS) -o $@ \
		$(kms_drive_sources) -Wl,--start-group $(kms_archives) -Wl,--end-group $(kms_libs)
kms-drive: $(kms_drive)
kms-test: all kms-drive
	@tools/uml/build >/dev/null
	@tests/run kms
test: kms-drive
