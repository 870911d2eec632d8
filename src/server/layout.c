/* SPDX-License-Identifier: Apache-2.0 */
#include "server/layout.h"

const struct layout_step *const layout[] = {
		&layout_base,
		&layout_audit,
		&layout_lease,
		&layout_tenant,
		&layout_variant,
		&layout_contingency,
		&layout_admit,
		&layout_order,
		&layout_secret,
		&layout_person,
		&layout_once,
		&layout_retired,
		&layout_fleet,
		&layout_inventory,
		&layout_rollout,
		&layout_hook,
		&layout_file,
		&layout_retention,
		NULL,
};
