# SPDX-License-Identifier: Apache-2.0
# Every screen in every language and size as a picture: build/screens/, with a contact sheet.
.PHONY: screens
$(BUILD)/screens/render: tools/screens.c $(ui_archives)
	@mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(ui_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(ui_archives) -Wl,--end-group $(ui_libs)
screens: $(BUILD)/screens/render $(BUILD)/catalogues
	@$(BUILD)/screens/render $(BUILD)/locale $(BUILD)/screens $(SCREENS)
