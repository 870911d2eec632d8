# SPDX-License-Identifier: Apache-2.0
# Programs of the flow tests: the sandbox from inside and outside, an RDP server of known pixels.
flow_programs := $(BUILD)/flow/confine $(BUILD)/flow/sandbox_probe $(BUILD)/flow/rdp_server
all: $(flow_programs)
$(BUILD)/flow/%: tests/flow/%.c $(base_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(base_archives) -Wl,--end-group $(base_libs)
$(BUILD)/flow/rdp_server: tests/flow/rdp_server.c
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		$$(pkg-config --cflags --libs freerdp-server3 freerdp3 winpr3 | sed 's/-I\//-isystem \//g')
