// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Sets how many misses per second a port of a running switch may send up; 0: all.
 *
 *   miss-rate <device> <rate>
 *
 * For measurements of what the limit is there to prevent. It writes into the map `ports` that holds the device.
 */
#include "harness.h"

#include <bpf/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int set(int fd, uint32_t ifindex, uint32_t rate)
{
	struct vnet_port *ports = mmap(NULL, sizeof(*ports) * VNET_PORTS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	int found = 0;

	if (ports == MAP_FAILED)
		return 0;
	for (int i = 1; i < VNET_PORTS; i++)
		if (ports[i].ifindex == ifindex) {
			ports[i].miss_rate = rate;
			found = 1;
		}
	munmap(ports, sizeof(*ports) * VNET_PORTS);
	return found;
}

int main(int count, char **arguments)
{
	uint32_t id = 0, ifindex, found = 0;

	if (count != 3 || !(ifindex = if_nametoindex(arguments[1]))) {
		fprintf(stderr, "usage: miss-rate <device> <rate>\n");
		return 2;
	}
	while (!bpf_map_get_next_id(id, &id)) {
		struct bpf_map_info info = {};
		uint32_t size = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && !strcmp(info.name, "ports") && info.value_size == sizeof(struct vnet_port))
			found |= set(fd, ifindex, atoi(arguments[2]));
		if (fd >= 0)
			close(fd);
	}
	if (!found)
		fprintf(stderr, "miss-rate: %s is no port of a running switch\n", arguments[1]);
	return !found;
}
