# SPDX-License-Identifier: Apache-2.0
# build/fleet: many simulated devices in one process, out of the agent's own parts.
fleet_sources := $(wildcard tools/fleet/*.c)
$(BUILD)/fleet: $(fleet_sources) $(wildcard tools/fleet/*.h) $(agent_archives)
	@echo "  CC   tools/fleet" && $(CC) $(CPPFLAGS) -Itools $(agent_cflags) $(CFLAGS) $(LDFLAGS) -o $@ $(fleet_sources) \
		-Wl,--start-group $(agent_archives) -Wl,--end-group $(agent_libs) -lz
.PHONY: fleet
fleet: $(BUILD)/fleet
all: fleet
