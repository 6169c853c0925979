/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Frames that go up to the driver. The ingress program only notes why in skb->cb, which a clone keeps on its way to the
 * tap; vnet_upcall on the tap's egress writes the prefix. So a copy can go up from the middle of an action list, while the
 * frame itself stays as it is.
 */
#ifndef VNET_UPCALL_H
#define VNET_UPCALL_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "vnet_abi.h"
#include "maps.h"

/* cb[0] is this and the reason in the low byte; then port, slot, generation. */
#define VNET_CB_MAGIC 0x564e6500u

static __always_inline __u32 vnet_tap(void)
{
	__u32 zero = 0;
	const struct vnet_ctl *control = bpf_map_lookup_elem(&ctl, &zero);

	return control ? *(const volatile __u32 *)&control->tap_ifindex : 0;
}

static __always_inline __u32 vnet_inspect_tap(void)
{
	__u32 zero = 0, tap;
	const struct vnet_ctl *control = bpf_map_lookup_elem(&ctl, &zero);

	if (!control)
		return 0;
	tap = *(const volatile __u32 *)&control->inspect_ifindex;
	return tap ? tap : *(const volatile __u32 *)&control->tap_ifindex;
}

/*
 * How many frames the driver reads of one that goes up. A tap takes less than 64 KiB, prefix included; of a superframe beyond that the
 * kernel makes segments, each with the prefix.
 */
static __always_inline __u32 vnet_upcall_units(struct __sk_buff *skb, __u32 frames)
{
	return skb->len + sizeof(struct vnet_upcall_prefix) < 65536 ? 1 : frames;
}

static __always_inline void vnet_note_upcall(struct __sk_buff *skb, __u32 reason, __u32 port, __u32 slot, __u32 generation)
{
	skb->cb[0] = VNET_CB_MAGIC | (reason & 0xff);
	skb->cb[1] = port;
	skb->cb[2] = slot;
	skb->cb[3] = generation;
}

/* Takes some from a bucket, kept as the time at which the next one is due; 0 when it is empty. What is taken at once may be more than is left. */
static __always_inline int vnet_bucket_take(struct vnet_bucket *bucket, __u32 rate, __u32 burst, __u32 count)
{
	__u64 now, due, step;

	step = 1000000000ULL / rate;
	now = bpf_ktime_get_coarse_ns();
	due = bucket->due_ns > now ? bucket->due_ns : now;
	if (due - now > step * burst)
		return 0;
	bucket->due_ns = due + step * count;
	return 1;
}

/* Whether the port may send one more miss up, which the driver reads as so many frames. */
static __always_inline int vnet_miss_allowed(__u32 port_id, const struct vnet_port *port, __u32 units)
{
	struct vnet_bucket *bucket;

	if (!port->miss_rate)
		return 1;
	bucket = bpf_map_lookup_elem(&miss_buckets, &port_id);
	return bucket && vnet_bucket_take(bucket, port->miss_rate, port->miss_burst, units);
}

/* Whether one more copy of the port's frames may go up, likewise. */
static __always_inline int vnet_copy_allowed(__u32 port_id, __u32 units)
{
	struct vnet_bucket *bucket = bpf_map_lookup_elem(&copy_buckets, &port_id);

	return bucket && vnet_bucket_take(bucket, VNET_COPY_RATE, VNET_COPY_BURST, units);
}

/* The prefix of a frame that leaves through the tap; what did not come from vnet_ingress is none of ours. */
static __always_inline int vnet_prefix(struct __sk_buff *skb)
{
	struct vnet_upcall_prefix prefix = {
		.port = skb->cb[1],
		.slot = skb->cb[2],
		.generation = skb->cb[3],
		.magic = { VNET_MAGIC_0, VNET_MAGIC_1 },
		.reason = skb->cb[0] & 0xff,
	};

	if ((skb->cb[0] & ~0xffu) != VNET_CB_MAGIC)
		return -1;
	if (bpf_skb_change_head(skb, sizeof(prefix), 0))
		return -1;
	return bpf_skb_store_bytes(skb, 0, &prefix, sizeof(prefix), 0) ? -1 : 0;
}

#endif
