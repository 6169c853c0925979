/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the programs in traffic.bpf.c share with vnet-traffic.c. A test frame is 60 bytes (64 with FCS):
 *
 *    0             14            34          42                50                58  60
 *   +-------------+-------------+-----------+-----------------+-----------------+---+
 *   | Ethernet    | IPv4, id VN | UDP       | sequence number | sent at, ns     | id|
 *   +-------------+-------------+-----------+-----------------+-----------------+---+
 *
 * Flow number f shows in the low octet of the source MAC (f % shapes), in the UDP source port (f % 65536), in the UDP
 * destination port (FIRST_PORT + f / 65536) and, with more than one address, in the last two octets of the destination MAC
 * (FIRST_ADDRESS + f % addresses). Sequence number, time and id, which is
 * the sender's own so that several can share a receiver, are in host order.
 */
#ifndef VNET_TRAFFIC_H
#define VNET_TRAFFIC_H

#include <linux/bpf.h>
#include <linux/types.h>

#define TRAFFIC_SIZE 60
#define TRAFFIC_ADDRESS 4	/* offsets of what varies */
#define TRAFFIC_SHAPE 11
#define TRAFFIC_MARK 18
#define TRAFFIC_PORTS 34
#define TRAFFIC_SEQUENCE 42
#define TRAFFIC_TIME 50
#define TRAFFIC_ID 58
#define FIRST_PORT 4096
#define FIRST_ADDRESS 4096
#define DELAY_BUCKETS 512

struct traffic_work {
	__u32 ifindex;
	__u32 id;
	__u32 first;		/* flows first..first+flows-1 in turn */
	__u32 flows;
	__u32 shapes;
	__u32 addresses;
	__u32 flow;		/* the next one, counted from first */
	__u32 shape;
	__u32 address;
	__u32 ordered;		/* whether the order within each flow is looked at */
	__u64 sequence;
};

/* What arrived at one receiver. */
struct traffic_seen {
	__u64 frames;
	__u64 next;		/* sequence number expected */
	__u64 late;		/* came behind a later one */
	__u64 behind;		/* of those, behind a later one of their own flow */
	__u64 again;		/* came once more */
};

#define ORDERED_FLOWS 65536
#define ORDER_WINDOW 64

/* What has come of one flow: the newest number, and which of the 64 up to it; a frame further behind counts as late, not as come again. */
struct traffic_order {
	struct bpf_spin_lock lock;
	__u32 reserved;
	__u64 newest;		/* counted from 1 within the flow */
	__u64 window;
};

/* Bucket of a delay: eight for each power of two, so that a bucket is 12 % wide. */
static inline __attribute__((always_inline)) __u32 traffic_bucket(__u64 ns)
{
	__u32 log = 3;

	if (ns < 16)
		return ns;
	if (ns >> 35)
		return DELAY_BUCKETS - 1;
	if (ns >> (log + 16))
		log += 16;
	if (ns >> (log + 8))
		log += 8;
	if (ns >> (log + 4))
		log += 4;
	if (ns >> (log + 2))
		log += 2;
	if (ns >> (log + 1))
		log += 1;
	return (log - 2) * 8 + (ns >> (log - 3) & 7);
}

#endif
