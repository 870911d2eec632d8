# SPDX-License-Identifier: Apache-2.0
# Programs of the flow tests: the sandbox from inside and outside, RDP servers of known pixels and of video.
flow_programs := $(BUILD)/flow/confine $(BUILD)/flow/sandbox_probe $(BUILD)/flow/rdp_server $(BUILD)/flow/video_server
all: $(flow_programs) $(BUILD)/kms/config
$(BUILD)/flow/%: tests/flow/%.c $(base_archives)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		-Wl,--start-group $(base_archives) -Wl,--end-group $(base_libs)
$(BUILD)/flow/video_server: tests/flow/video_draw.c tests/flow/video_channel.c
$(BUILD)/flow/rdp_server $(BUILD)/flow/video_server: $(BUILD)/flow/%: tests/flow/%.c tests/flow/rdp_peer.c $(wildcard tests/flow/*.h)
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) \
		$$(pkg-config --cflags --libs freerdp-server3 freerdp3 winpr3 | sed 's/-I\//-isystem \//g')
