// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The datapath of one switch. vnet_ingress sits on the ingress of every port's device and consumes every frame: it is
 * redirected, goes up, or is dropped with a reason. vnet_upcall sits on the egress of the taps that lead up. vnet_key is for tests.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "vnet_abi.h"
#include "maps.h"
#include "parse.h"
#include "stats.h"
#include "lookup.h"
#include "upcall.h"
#include "actions.h"

static __always_inline int vnet_refuse(__u32 port, __u32 reason, __u32 frames)
{
	vnet_drop(port, reason, frames);
	return TC_ACT_SHOT;
}

static __always_inline int vnet_miss(struct __sk_buff *skb, const struct vnet_frame *frame, const struct vnet_port *port,
				     struct vnet_port_stats *stats)
{
	__u32 tap = vnet_tap();

	if (!tap)
		return vnet_refuse(frame->port, VNET_DROP_NO_UPCALL, frame->frames);
	if (!vnet_miss_allowed(frame->port, port, vnet_upcall_units(skb, frame->frames)))
		return vnet_refuse(frame->port, VNET_DROP_MISS_LIMIT, frame->frames);
	vnet_note_upcall(skb, VNET_UPCALL_MISS, frame->port, VNET_NO_SLOT, 0);
	stats->misses += frame->frames;
	return bpf_redirect(tap, 0);
}

/* 0 when the device is no port. */
static __always_inline __u32 vnet_port_of(__u32 ifindex)
{
	const __u32 *port = bpf_map_lookup_elem(&near_ports, &ifindex);

	if (!port || !*port)
		port = bpf_map_lookup_elem(&port_ids, &ifindex);
	return port ? *port : 0;
}

SEC("tc")
int vnet_ingress(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex, reason;
	const struct vnet_port *port;
	struct vnet_port_stats *stats;
	struct vnet_frame frame = {};

	frame.port = vnet_port_of(ifindex);
	stats = vnet_port_stats_of(frame.port);
	port = bpf_map_lookup_elem(&ports, &frame.port);
	if (!stats || !port)
		return TC_ACT_SHOT;

	reason = vnet_parse(skb, &frame);
	vnet_measure(skb, &frame);
	stats->rx_frames += frame.frames;
	frame.bytes = vnet_bytes(skb, &frame);
	stats->rx_bytes += frame.bytes;
	stats->rx_skbs++;
	if (reason)
		return vnet_refuse(frame.port, reason, frame.frames);
	if (!frame.port)
		return vnet_refuse(0, VNET_DROP_UNKNOWN_PORT, frame.frames);
	if (port->flags & VNET_PORT_BLOCKED)
		return vnet_refuse(frame.port, VNET_DROP_BLOCKED, frame.frames);
	if (!vnet_lookup(&frame))
		return vnet_miss(skb, &frame, port, stats);
	vnet_count_flow(skb, &frame);
	return vnet_execute(skb, &frame, stats);
}

SEC("tc")
int vnet_upcall(struct __sk_buff *skb)
{
	return vnet_prefix(skb) ? TC_ACT_SHOT : TC_ACT_OK;
}

/* For tests: the key of any frame, by BPF_PROG_TEST_RUN or on a device. Port 0 unless port_ids names the device. */
SEC("tc")
int vnet_key(struct __sk_buff *skb)
{
	__u32 zero = 0, ifindex = skb->ifindex;
	const __u32 *known = bpf_map_lookup_elem(&port_ids, &ifindex);
	struct vnet_key_out *out = bpf_map_lookup_elem(&key_out, &zero);
	struct vnet_frame frame = {};

	if (!out)
		return TC_ACT_SHOT;
	if (known)
		frame.port = *known;
	out->status = vnet_parse(skb, &frame);
	vnet_measure(skb, &frame);
	out->key = frame.key;
	out->frames = frame.frames;
	out->bytes = vnet_bytes(skb, &frame);
	out->runs++;
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
