# SPDX-License-Identifier: Apache-2.0
# Keyboards, mice and touch screens of the test kernel, through libinput, to scancodes.
$(BUILD)/kms/evdev: tests/kms/evdev.c tests/kms/uinput.c tests/kms/uinput.h tests/unit/scancodes.h tests/unit/test.h $(input_archives) $(BUILD)/obj/session/keys.o
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) -Itests $(input_cflags) $(CFLAGS) $(LDFLAGS) -o $@ \
		$(filter %.c %.o,$^) -Wl,--start-group $(input_archives) -Wl,--end-group $(input_libs)
kms-programs: $(BUILD)/kms/evdev

# A million random key sequences; make check has 20,000.
.PHONY: keys-million
keys-million: $(BUILD)/unit/kiosk_keys
	@KEYS_SEQUENCES=1000000 $< 2>/dev/null
