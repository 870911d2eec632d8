/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind display.h; private to this module. */
#ifndef KMS_BACKEND_H
#define KMS_BACKEND_H

#include "kms/compose.h"
#include "kms/display.h"
#include "kms/scene.h"

struct backend {
	/* display->wishes changed: plan again, from the loop. */
	void (*configure)(struct display *display);
	/* output->latched changed: show it now or when the output is free again. */
	void (*commit)(struct display_output *output);
	/* display->is_on changed. */
	void (*set_power)(struct display *display);
	/* display->brightness changed. */
	void (*set_brightness)(struct display *display);
	/* Memory of others; a failure leaves nothing. The common part is filled in already. */
	int (*import)(struct display_buffer *buffer, struct err *err);
	void (*release)(struct display_buffer *buffer);
	void (*destroy_output)(struct display_output *output);
	/* All outputs are destroyed already. */
	void (*destroy)(struct display *display);
};

/* The back ends put their own behind these two. */
struct display {
	const struct backend *backend;
	struct loop *loop;
	struct display_handler handler;
	struct display_output *outputs[DISPLAY_OUTPUTS_MAX];
	unsigned output_count;
	struct display_stats stats;
	struct layout_wishes wishes;
	struct layout layout; /* of the monitors that are there */
	bool is_on;
	unsigned brightness; /* percent */
	struct display_buffer *buffers;
};

/* Memory of others that is known to the display. */
struct display_buffer {
	struct display *display;         /* NULL: it has ended */
	struct display_buffer_info info; /* with descriptors of our own */
	struct display_buffer *next;
	const uint8_t *maps[2]; /* of a dma-buf that can be read; NULL: it can't */
	size_t sizes[2];
	void *own; /* of the back end */
};

struct display_output {
	struct display *display;
	struct display_output_info info;
	struct scene staged;  /* what the caller said last */
	struct scene latched; /* what display_commit asked for; damage: not shown yet */
};

/* Buffers that outlive their display have nothing to do with it any more. */
void display_forget_buffers(struct display *display);

/* Pixels of a picture that has a buffer only, where they can be read. */
struct display_picture display_readable(const struct display_picture *picture);

/* How many planes pixels of this format lie in. */
unsigned display_buffer_planes(uint32_t format);

void display_init(struct display *display, const struct backend *backend, struct loop *loop,
		const struct display_handler *handler);

/* Sets up the common part; display_add_output then hands the output to the display. */
void display_output_init(struct display_output *output, struct display *display,
		const struct display_output_info *info);
void display_output_finish(struct display_output *output);
void display_add_output(struct display *display, struct display_output *output);
void display_remove_output(struct display *display, struct display_output *output);

/* --- display_layout.c */

/* What an output at this place says of itself. */
void display_describe(const struct layout_place *place, const struct layout_monitor *monitor,
		struct display_output_info *ret);

/* Make it the display's layout and log what is new in it; true when it differs from the last one. */
bool display_take_layout(struct display *display, const struct layout *layout);

/* Outputs in the order of the layout. */
void display_sort_outputs(struct display *display);

/* Calls that do nothing when the handler left them out. */
void display_say_outputs(struct display *display);
void display_say_shown(struct display_output *output, int64_t time_us);
void display_say_lost(struct display *display, const char *why);

#endif
