# SPDX-License-Identifier: Apache-2.0
# Programs of the flow tests that run behind the sandbox.
flow_programs := $(BUILD)/flow/confine $(BUILD)/flow/sandbox_probe
all: $(flow_programs)
$(BUILD)/flow/%: tests/flow/%.c $(base_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(base_archives) -Wl,--end-group $(base_libs)
