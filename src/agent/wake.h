/* SPDX-License-Identifier: Apache-2.0 */
/* Wake-on-LAN: the packet that a sleeping network card looks for, as UDP broadcast. */
#ifndef AGENT_WAKE_H
#define AGENT_WAKE_H

#include <netinet/in.h>
#include <stdint.h>

#include "base/err.h"

enum { WAKE_MAC_SIZE = 6, WAKE_PACKET_SIZE = 6 + 16 * WAKE_MAC_SIZE, WAKE_PORT = 9 };

/* Six bytes 0xff, then the address sixteen times. */
void wake_packet(const uint8_t mac[WAKE_MAC_SIZE], uint8_t packet[WAKE_PACKET_SIZE]);

/* To one address; -errno when it cannot be sent. */
int wake_send_to(const struct sockaddr_in *to, const uint8_t mac[WAKE_MAC_SIZE]);

/* To every network that this device is in; *ret is to how many. -ENETUNREACH: to none. */
int wake_send(const uint8_t mac[WAKE_MAC_SIZE], unsigned *ret, struct err *err);

#endif
