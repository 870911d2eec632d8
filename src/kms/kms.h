/* SPDX-License-Identifier: Apache-2.0 */
/* The `kms` back end's own objects: a card, its planes and crtcs, the outputs it lights. */
#ifndef KMS_KMS_H
#define KMS_KMS_H

#include "kms/atomic.h"
#include "kms/backend.h"
#include "kms/copy.h"
#include "kms/dumb.h"
#include "kms/plane.h"
#include "kms/planner.h"

enum {
	KMS_CRTCS_MAX = 32, /* the kernel's own limit: a bit each in a mask */
	KMS_PLANES_MAX = 256,
	KMS_CONNECTORS_MAX = 64,
	KMS_OUTPUT_PLANES_MAX = 5, /* primary, cursor and what lies between */
};

struct kms_crtc {
	uint32_t id;
	struct prop props[CRTC_PROPS];
	struct kms_output *output; /* that it drives, or NULL */
};

struct kms_plane {
	uint32_t id;
	uint32_t possible_crtcs; /* a bit per index of kms->crtcs */
	uint32_t crtc_id;        /* that shows it now; 0: none */
	bool is_taken;           /* by an output of ours */
	struct prop props[PLANE_PROPS];
	struct plane_can can;
};

struct kms_connector {
	uint32_t id;      /* 0: a place without one; docks take theirs along */
	uint32_t crtc_id; /* that drives it now; 0: none */
	bool is_gone;     /* with its dock; forgotten when its output ended */
	struct prop props[CONNECTOR_PROPS];
};

/* A monitor that hangs on a connector, beside what the planner knows of it. */
struct kms_monitor {
	struct kms_connector *connector;
	uint32_t possible_crtcs;
	bool is_link_bad; /* the picture is lost until the mode is set again */
	drmModeModeInfo modes[LAYOUT_MODES_MAX];
};

/* What the last look at the connectors found, as cabled. */
struct kms_monitors {
	unsigned count;
	unsigned left_out; /* more than LAYOUT_OUTPUTS_MAX */
	struct layout_monitor seen[LAYOUT_OUTPUTS_MAX];
	struct kms_monitor own[LAYOUT_OUTPUTS_MAX]; /* the same ones */
};

struct kms {
	struct display base; /* first: the two share their address */
	int fd;
	unsigned minor; /* of the card */
	bool has_monotonic;
	uint32_t wanted_width, wanted_height;
	struct kms_crtc crtcs[KMS_CRTCS_MAX];
	unsigned crtc_count;
	struct kms_plane planes[KMS_PLANES_MAX];
	unsigned plane_count;
	struct kms_connector connectors[KMS_CONNECTORS_MAX];
	unsigned connector_count;
	struct kms_monitors monitors;
	bool is_plain; /* connectors don't take what keeps a picture from being cut */
	struct loop_watch *watch;
	int uevents; /* -1: hot-plug is not heard */
	struct loop_watch *uevent_watch;
	struct loop_timer *probe_timer;
	unsigned probes_left; /* looks that may still follow for monitors that stayed dark */
	struct loop_timer *lost_timer;
	struct err lost; /* why; told from the loop */
	bool is_lost;    /* nothing is committed any more */
	bool is_telling; /* on_shown is on the stack: who destroys the display then leaves the memory */
	bool is_destroyed;
};

/* What a plan was made for; as long as it stays the same the plan is good. */
struct kms_question {
	struct plane_wish wish;
	struct plane_state state; /* without the framebuffer's id */
	uint32_t format;
	uint64_t modifier;
};

/* Which plane shows which layer. */
struct kms_plan {
	bool is_made;
	struct kms_question questions[DISPLAY_LAYERS];
	int plane_of[DISPLAY_LAYERS]; /* index into the output's planes; -1: composed or hidden */
	unsigned composed;            /* a bit per layer that is seen and composed */
	bool is_frame_used;           /* the primary plane shows what is composed */
};

struct kms_output {
	struct display_output base; /* first: the two share their address */
	struct kms *kms;
	struct kms_crtc *crtc;
	struct kms_connector *connector;
	drmModeModeInfo mode;
	bool is_lit;
	bool is_asleep; /* lit without power: what is shown next switches it on */
	struct kms_plane *planes[KMS_OUTPUT_PLANES_MAX]; /* the primary one first */
	struct plane_state shown[KMS_OUTPUT_PLANES_MAX]; /* by each, since the last commit */
	unsigned plane_count;
	struct planner *planner;

	struct dumb frames[2];
	pixman_region32_t stale[2]; /* what of a frame is older than the last composition */
	unsigned front;             /* the frame on the screen or on its way there */
	bool is_turned_by_plane;    /* the frames are the person's, the primary plane rotates */
	struct compose_scratch scratch;
	struct copy copies[DISPLAY_LAYERS];

	struct kms_plan plan;             /* of the last commit */
	const char *told[DISPLAY_LAYERS]; /* in the log: why a layer is composed */
	unsigned gamma_percent;           /* brightness of the crtc's table; 100: it has none */
	bool is_gamma_refused;
	unsigned refused;         /* layers that a commit did not take on planes, a bit each */
	bool is_pending;          /* the event of a commit is still to come */
	int64_t shown_us;         /* of an event that came and was not told yet; 0: none */
	unsigned attempts;        /* of a commit that the kernel had no room for */
	struct loop_timer *timer; /* limit of the wait for the event, or the next attempt */
	bool is_waiting_to_retry;
};

/* --- kms_output.c */

/*
 * Take planes and black framebuffers for a connector that `crtc` is to drive with `mode`. It is
 * dark and the output is not added to the display yet. On failure everything is as before.
 */
int kms_output_create(struct kms *kms, struct kms_connector *connector, struct kms_crtc *crtc,
		const drmModeModeInfo *mode, const struct display_output_info *info,
		struct kms_output **ret, struct err *err);

/* Switches the crtc off when the card still answers. */
void kms_output_destroy(struct kms_output *output);

/* The composed frame on the primary plane. */
struct plane_state kms_frame_state(const struct kms_output *output, unsigned frame);

/* Add what a plane is to show to a request; all zero: nothing. */
void kms_plane_set(const struct kms_plane *plane, const struct kms_crtc *crtc,
		const struct plane_state *state, struct atomic *atomic);

void kms_plane_hide(const struct kms_plane *plane, struct atomic *atomic);

/* The rotation that is left to composition. */
enum layout_rotation kms_frame_rotation(const struct kms_output *output);

/* --- kms_gamma.c */

/* True when the crtc itself can dim; then composition need not. */
bool kms_gamma_is_used(const struct kms_output *output);

/* Add the table to a request unless the crtc has it already; true when it was added. */
bool kms_gamma_add(const struct kms_output *output, struct atomic *atomic);

/* --- kms_plan.c */

/* One attempt to show something: what it would change, kept apart until the kernel took it. */
struct kms_attempt {
	struct kms_plan plan;
	struct plane_state states[DISPLAY_LAYERS]; /* of those that a plane could show */
	const char *why[DISPLAY_LAYERS];           /* why a layer is composed; NULL: as usual */
	unsigned frame;
	bool has_gamma;                  /* the crtc's table changes */
	bool is_painted[DISPLAY_LAYERS]; /* the back one of its copies is new */
	pixman_region32_t *damage;
};

/* Find out which plane shows what is latched. Negative errno: the card does not answer. */
int kms_plan(struct kms_output *output, struct kms_attempt *attempt);

/* --- kms_light.c */

/*
 * Light `count` prepared outputs by one commit, with their first frames. With `is_test` nothing
 * is changed, the kernel only says whether it could be; `alone`: were all other outputs dark.
 */
int kms_light(struct kms *kms, struct kms_output *const *outputs, unsigned count, bool is_test,
		bool alone);

/* Switch the crtc of a lit output off, or on again with the picture that it had. */
int kms_light_set_active(struct kms_output *output, bool is_active);

/* Off for good: the crtc, its connector and its planes are free again. */
void kms_light_end(struct kms_output *output);

/* --- kms_show.c */

/* Show what is latched unless a commit is under way; then the next event does it. */
void kms_output_show(struct kms_output *output);

/* The commit's event came. */
void kms_output_flipped(struct kms_output *output);

/* Time is up: for the event, or until the next attempt. */
void kms_output_timeout(void *output);

/* Dim or brighten all outputs. */
void kms_set_brightness(struct display *display);

/* --- import.c */

/* Memory of others, for the planes of this card. */
int kms_import(struct display_buffer *buffer, struct err *err);
void kms_release(struct display_buffer *buffer);

/* The framebuffer over a picture's own memory; 0: it has none. */
uint32_t kms_framebuffer_of(const struct display_picture *picture);

/* The memory was written by others: make that seen by the card. */
void kms_flush(const struct display_picture *picture);

/* --- kms.c */

/* Tell on_lost from the loop, once, and commit nothing any more. */
void kms_lose(struct kms *kms, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- kms_probe.c */

/* Read crtcs, planes and connectors of the card. */
int kms_read_resources(struct kms *kms, struct err *err);

/* Ask every connector what hangs on it: fills kms->monitors. */
void kms_look(struct kms *kms);

/* --- kms_change.c */

/* What a look at the connectors led to. */
struct kms_probed {
	bool has_changed; /* outputs went, came, moved or got another mode */
	unsigned dark;    /* monitors that refused to be lit and may do so later */
};

/* Look at the connectors and light what is wanted. */
struct kms_probed kms_probe(struct kms *kms);

/* --- kms_card.c */

/* Open a card for atomic commits and become its master. */
int kms_card_open(const char *path, struct err *err);

/* Open the first card with a connector, one with a monitor before one without. */
int kms_card_find(struct err *err);

#endif
