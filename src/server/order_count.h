/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many orders wait for each device, in memory: a check-in looks here and asks no database. Whoever
 * adds or takes orders sets the count and wakes the device with bell_wake(server, "device/ID").
 */
#ifndef SERVER_ORDER_COUNT_H
#define SERVER_ORDER_COUNT_H

struct order_counts;

struct order_counts *order_counts_create(void);
void order_counts_destroy(struct order_counts *counts); /* takes NULL */

/* 0 forgets the device. */
void order_count_set(struct order_counts *counts, const char *device, unsigned count);
unsigned order_count_get(const struct order_counts *counts, const char *device);

#endif
