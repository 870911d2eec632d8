/* SPDX-License-Identifier: Apache-2.0 */
/* The listening socket, and under which names this machine is reached. */
#ifndef SERVER_LISTEN_H
#define SERVER_LISTEN_H

#include "server/options.h"

/* A listening socket; *port is the one it got. The caller closes *fd. */
int listen_open(const struct options *options, int *fd, uint16_t *port, struct err *err);

/*
 * Names for the certificate: those of --name, the address of --listen, this machine's name,
 * localhost and the addresses of its interfaces. The first is the one to show to people.
 */
int listen_names(const struct options *options, struct ca_names *ret, struct err *err);

/* Raise the limit of descriptors as far as allowed; returns how many connections fit. */
unsigned listen_connections(void);

#endif
