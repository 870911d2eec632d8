# SPDX-License-Identifier: Apache-2.0
# The firmware: make image BOARD=pc -> build/image/pc/.
BOARD ?= pc
IMAGE := build/image/$(BOARD)
$(BUILD)/tools/sbom: tools/sbom/sbom.c
	@mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(CFLAGS) -D_GNU_SOURCE $(LDFLAGS) -o $@ $< -lcjson -lcrypto

.PHONY: ffmpeg bench-image
ffmpeg:
	@tools/ffmpeg/build
image: all $(BUILD)/tools/sbom
	+@TYND_VERSION=$(VERSION) tools/image/build $(BOARD) $(IMAGE) $(BUILD)/bin

demo: image
	+@tools/demo/run
bench: bench-image
bench-image: image
	+@TYND_BUILD=$(BUILD) tests/bench/image
