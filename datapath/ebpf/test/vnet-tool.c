// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A switch by hand, for scripts. State lives in pins below a folder of a bpf file system.
 *
 *   vnet-tool <pins> load <object>
 *   vnet-tool <pins> tap <name>                     persistent upcall tap with offloads, vnet_upcall on its egress
 *   vnet-tool <pins> port <id> <device> [peer <mac>] [blocked]
 *   vnet-tool <pins> set <id> up|down|blocked|mtu <bytes>|peer <mac>
 *   vnet-tool <pins> flow <ingress id> <match> <action>...
 *        match   any | <destination mac> | broadcast | <destination mac>/<count>: one flow for each UDP source port 0..count-1
 *        action  output:<id> push:<vid>[:<tpid>] pop vid:<vid> pcp:<pcp> dscp:<dscp> dst:<mac> src:<mac> inspect:<r> drop:<r>
 *   vnet-tool <pins> stats                          counters of ports in use, drops, and whether the books balance
 *   vnet-tool <pins> replace <slot> <action>...
 *   vnet-tool <pins> upcalls <name> <seconds>       reads the tap, describes each upcall on a line
 */
#include "harness.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

static struct vnet_switch vnet;

static uint64_t mac_of(const char *text)
{
	unsigned int b[6];
	uint64_t mac = 0;

	if (sscanf(text, "%x:%x:%x:%x:%x:%x", b, b + 1, b + 2, b + 3, b + 4, b + 5) != 6) {
		fprintf(stderr, "mac: %s (expected: aa:bb:cc:dd:ee:ff)\n", text);
		exit(1);
	}
	for (int i = 0; i < 6; i++)
		mac = mac << 8 | b[i];
	return mac;
}

static int open_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		vnet_die("TUNSETIFF");
	if (ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN | TUN_F_USO4 | TUN_F_USO6) &&
	    ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN))
		vnet_die("TUNSETOFFLOAD");
	return fd;
}

static void add_tap(const char *pins, const char *name)
{
	char command[300], path[300];

	if (ioctl(open_tap(name), TUNSETPERSIST, 1))
		vnet_die("TUNSETPERSIST");
	/* noqueue: a queue discipline would only add a lock, a second limit and drops of its own choice. */
	snprintf(command, sizeof(command), "sysctl -qw net.ipv6.conf.%s.disable_ipv6=1; ip link set %s mtu 65521 txqueuelen 4096 && "
		 "tc qdisc replace dev %s root noqueue && ip link set %s up", name, name, name, name);
	if (system(command))
		vnet_die(command);
	snprintf(path, sizeof(path), "%s/link-tap", pins);
	vnet_pin(vnet_attach(vnet.upcall_fd, if_nametoindex(name), 1), path);
	vnet.ctl->tap_ifindex = if_nametoindex(name);
}

static void add_port(const char *pins, uint32_t id, const char *device, int count, char **options)
{
	uint32_t ifindex = if_nametoindex(device), flags = VNET_PORT_UP;
	uint64_t mac = 0;
	char path[300];

	if (!ifindex)
		vnet_die(device);
	for (int i = 0; i < count; i++) {
		if (!strcmp(options[i], "blocked"))
			flags |= VNET_PORT_BLOCKED;
		if (!strcmp(options[i], "peer") && ++i < count)
			flags |= VNET_PORT_PEER, mac = mac_of(options[i]);
	}
	vnet_set_port(&vnet, id, ifindex, flags, mac);
	snprintf(path, sizeof(path), "%s/link-%u", pins, id);
	vnet_pin(vnet_attach(vnet.ingress_fd, ifindex, 0), path);
}

static void change_port(uint32_t id, const char *what, const char *value)
{
	if (!strcmp(what, "mtu"))
		vnet.ports[id].mtu = atoi(value);
	else if (!strcmp(what, "peer"))
		vnet.ports[id].peer_mac = mac_of(value);
	else
		vnet.ports[id].flags = (vnet.ports[id].flags & VNET_PORT_PEER) | (*what == 'd' ? 0 : VNET_PORT_UP) |
				       (*what == 'b' ? VNET_PORT_BLOCKED : 0);
}

static uint32_t list_of(int count, char **words)
{
	struct vnet_action list[VNET_ACTIONS] = {};

	for (int i = 0; i < count; i++) {
		char *value = strchr(words[i], ':');
		struct vnet_action *a = &list[i];

		if (value)
			*value++ = 0;
#define NUMBER strtoul(value, &value, 0)
		if (!strcmp(words[i], "output"))
			a->type = VNET_ACTION_OUTPUT, a->a32 = NUMBER;
		else if (!strcmp(words[i], "push")) {
			a->type = VNET_ACTION_PUSH_TAG, a->a16 = NUMBER;
			a->a32 = *value ? strtoul(value + 1, NULL, 0) : 0x8100;
		} else if (!strcmp(words[i], "pop"))
			a->type = VNET_ACTION_POP_TAG;
		else if (!strcmp(words[i], "vid"))
			a->type = VNET_ACTION_SET_VLAN_VID, a->a16 = NUMBER;
		else if (!strcmp(words[i], "pcp"))
			a->type = VNET_ACTION_SET_VLAN_PCP, a->a16 = NUMBER;
		else if (!strcmp(words[i], "dscp"))
			a->type = VNET_ACTION_SET_DSCP, a->a16 = NUMBER;
		else if (!strcmp(words[i], "dst"))
			a->type = VNET_ACTION_SET_ETH_DST, a->a64 = mac_of(value);
		else if (!strcmp(words[i], "src"))
			a->type = VNET_ACTION_SET_ETH_SRC, a->a64 = mac_of(value);
		else if (!strcmp(words[i], "inspect"))
			a->type = VNET_ACTION_INSPECT, a->a32 = NUMBER;
		else if (!strcmp(words[i], "drop"))
			a->type = VNET_ACTION_DROP, a->a32 = NUMBER;
		else {
			fprintf(stderr, "action: %s (expected: output push pop vid pcp dscp dst src inspect drop)\n", words[i]);
			exit(1);
		}
	}
	return vnet_add_list(&vnet, list, count);
}

/* The mask with these bits on the port, appended if it is not there yet. */
static uint32_t mask_on(uint32_t port, const struct vnet_key *mask)
{
	for (uint32_t i = 0; i < vnet.port_masks[port].counts[0]; i++) {
		uint32_t id = vnet.port_masks[port].mask_id[0][i];
		struct vnet_key there = *(struct vnet_key *)&vnet.masks[id];

		there.w[4] &= ~0xffffffffULL;
		if (!memcmp(&there, mask, sizeof(there)))
			return id;
	}
	return vnet_add_mask(&vnet, port, mask);
}

static void add_flow(uint32_t port, const char *match, int count, char **actions)
{
	struct vnet_key mask = { .w = { 0xffffffff00000000ULL } }, key = { .w = { (uint64_t)port << VNET_W0_PORT_SHIFT } };

	if (!strcmp(match, "broadcast")) {
		mask.w[1] = key.w[1] = 1ULL << 56;	/* the group bit */
	} else if (strcmp(match, "any")) {
		mask.w[1] = ~0ULL << 16;
		key.w[1] = mac_of(match) << 16;
	}
	if (strchr(match, '/')) {
		uint32_t id, list = list_of(count, actions), flows = atoi(strchr(match, '/') + 1);

		mask.w[3] = 0xff000000ffff0000ULL;	/* protocol and source port */
		id = mask_on(port, &mask);
		for (uint32_t i = 0; i < flows; i++) {
			key.w[3] = 17ULL << VNET_W3_PROTO_SHIFT | (uint64_t)i << VNET_W3_SOURCE_SHIFT;
			vnet_add_flow(&vnet, &key, &mask, id, list);
		}
		return;
	}
	printf("%u\n", vnet_add_flow(&vnet, &key, &mask, mask_on(port, &mask), list_of(count, actions)));
}

static void print_stats(void)
{
	for (uint32_t id = 0; id < VNET_PORTS; id++) {
		struct vnet_port_stats s = vnet_get_port_stats(&vnet, id);
		uint64_t drops = vnet_get_all_drops(&vnet, id);

		if (!s.rx_skbs && !s.tx_skbs && !vnet.ports[id].ifindex)
			continue;
		printf("port %u rx %llu frames %llu bytes %llu skbs, tx %llu frames %llu bytes %llu skbs %llu by peer, sent %llu copies %llu "
		       "misses %llu inspects %llu drops %llu, books %s\n", id,
		       s.rx_frames, s.rx_bytes, s.rx_skbs, s.tx_frames, s.tx_bytes, s.tx_skbs, s.tx_peer_skbs, s.sent, s.copies,
		       s.misses, s.inspects, (unsigned long long)drops,
		       s.rx_frames + s.copies == s.sent + s.misses + s.inspects + drops ? "balance" : "DO NOT BALANCE");
		for (uint32_t reason = 0; drops && reason < VNET_REASONS; reason++)
			if (vnet_get_drops(&vnet, id, reason))
				printf("  drops %u: %llu\n", reason, (unsigned long long)vnet_get_drops(&vnet, id, reason));
	}
}

static void print_upcalls(const char *name, double seconds)
{
	static uint8_t buffer[70000];
	struct virtio_net_hdr *header = (void *)buffer;
	int fd = open_tap(name);

	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		struct vnet_upcall_prefix *prefix = (void *)(buffer + sizeof(*header));
		ssize_t size;
		int tpid = 0, tci = 0, extra = 0;
		uint8_t *frame;

		if (poll(&ready, 1, seconds * 1000) <= 0)
			return;
		size = read(fd, buffer, sizeof(buffer)) - (ssize_t)sizeof(*header);
		if (size < 0)
			continue;
		if (prefix->magic[0] != VNET_MAGIC_0) {
			tpid = prefix->magic[0] << 8 | prefix->magic[1];
			tci = prefix->reason << 8 | prefix->flags;
			extra = 4;
		}
		frame = buffer + sizeof(*header) + sizeof(*prefix) + extra;
		if (frame[-4] != VNET_MAGIC_0 || frame[-3] != VNET_MAGIC_1) {
			printf("no prefix, %zd bytes\n", size);
			continue;
		}
		printf("port %u slot %d generation %u reason %u tag %04x:%04x size %zd gso %d/%d header %d csum %d@%d frame ", prefix->port,
		       (int)prefix->slot, prefix->generation, frame[-2], tpid, tci, size - 16 - extra, header->gso_type,
		       header->gso_size, header->gso_type ? header->hdr_len - 16 - extra : 0, header->flags,
		       header->flags & 1 ? header->csum_start - 16 - extra : 0);
		for (int i = 0; i < 38; i++)
			printf("%02x", frame[i]);
		printf("\n");
		fflush(stdout);
	}
}

int main(int count, char **arguments)
{
	const char *pins, *command;

	if (count < 3) {
		fprintf(stderr, "usage: vnet-tool <pins> load|tap|port|set|flow|replace|stats|upcalls ...\n");
		return 1;
	}
	pins = arguments[1];
	command = arguments[2];
	count -= 3;
	arguments += 3;
	if (!strcmp(command, "load")) {
		vnet_load(&vnet, arguments[0], VNET_FLOWS, pins);
		return 0;
	}
	if (!strcmp(command, "upcalls")) {
		print_upcalls(arguments[0], atof(arguments[1]));
		return 0;
	}
	vnet_adopt(&vnet, pins);
	if (!strcmp(command, "tap"))
		add_tap(pins, arguments[0]);
	else if (!strcmp(command, "port"))
		add_port(pins, atoi(arguments[0]), arguments[1], count - 2, arguments + 2);
	else if (!strcmp(command, "set"))
		change_port(atoi(arguments[0]), arguments[1], arguments[2]);
	else if (!strcmp(command, "flow"))
		add_flow(atoi(arguments[0]), arguments[1], count - 2, arguments + 2);
	else if (!strcmp(command, "replace"))
		vnet_replace_flow(&vnet, atoi(arguments[0]), list_of(count - 1, arguments + 1));
	else
		print_stats();
	return 0;
}
