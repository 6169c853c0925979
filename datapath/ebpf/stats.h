/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Counting: wire frames and bytes of superframes, drops, flows. Equations: vnet_abi.h. */
#ifndef VNET_STATS_H
#define VNET_STATS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "vnet_abi.h"
#include "maps.h"
#include "parse.h"

/*
 * Fills frames and segment_header. A guest's superframe comes from its tap without a segment count, so that it is
 * computed from the sizes; other superframes carry it.
 */
static __always_inline void vnet_measure(struct __sk_buff *skb, struct vnet_frame *frame)
{
	__u32 segment = skb->gso_size;

	frame->frames = 1;
	frame->segment_header = 0;
	if (!segment)
		return;
	if (skb->gso_segs)
		frame->frames = skb->gso_segs;
	else if (frame->payload && skb->len > frame->payload)
		frame->frames = (skb->len - frame->payload + segment - 1) / segment;
	if (frame->payload)
		frame->segment_header = frame->payload - frame->jumbo + (skb->vlan_present ? VNET_TAG_SIZE : 0);
}

/* Wire bytes of the frame as it now is. */
static __always_inline __u64 vnet_bytes(struct __sk_buff *skb, const struct vnet_frame *frame)
{
	return (__u64)skb->len - frame->jumbo + (skb->vlan_present ? VNET_TAG_SIZE : 0) +
	       (__u64)(frame->frames - 1) * frame->segment_header;
}

static __always_inline struct vnet_port_stats *vnet_port_stats_of(__u32 port)
{
	return bpf_map_lookup_elem(&port_stats, &port);
}

static __always_inline void vnet_drop(__u32 port, __u32 reason, __u32 frames)
{
	__u32 at = port * VNET_REASONS + (reason < VNET_REASONS ? reason : VNET_REASONS - 1);
	__u64 *count = bpf_map_lookup_elem(&drops, &at);

	if (count)
		*count += frames;
}

/* Drops inside an action list: so many copies more. */
static __always_inline void vnet_drop_copies(const struct vnet_frame *frame, __u32 reason, __u32 count)
{
	struct vnet_port_stats *ingress = vnet_port_stats_of(frame->port);

	if (ingress)
		ingress->copies += (__u64)count * frame->frames;
	vnet_drop(frame->port, reason, count * frame->frames);
}

/* CLOCK_MONOTONIC_COARSE, asked for once a tick and CPU. NB: the helper takes 14 ns, jiffies are one load. */
static __always_inline __u64 vnet_coarse_ns(void)
{
	__u64 now = bpf_jiffies64();
	__u32 zero = 0;
	struct vnet_tick *tick = bpf_map_lookup_elem(&ticks, &zero);

	if (!tick)
		return 0;
	if (tick->jiffies != now) {
		tick->nanos = bpf_ktime_get_coarse_ns();
		tick->jiffies = now;
	}
	return tick->nanos;
}

static __always_inline void vnet_count_flow(struct __sk_buff *skb, const struct vnet_frame *frame)
{
	__u32 zero = 0, at;
	const struct vnet_ctl *control = bpf_map_lookup_elem(&ctl, &zero);
	struct vnet_flow_stats *flow;

	if (!control)
		return;
	at = bpf_get_smp_processor_id() * control->flow_count + frame->slot;
	flow = bpf_map_lookup_elem(&flow_stats, &at);
	if (!flow)
		return;
	flow->frames += frame->frames;
	flow->bytes += vnet_bytes(skb, frame);
	flow->last_seen_ns = vnet_coarse_ns();
}

#endif
