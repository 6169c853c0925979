/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The outputs at the end of a list as one group: the program counts them and leaves the copies to the kernel's own mirroring
 * (act_mirred), which only clones. NB: bpf_clone_redirect copies the head of the frame for each clone, which costs as much as
 * the distance between a flood here and one of a bridge (./vnet bench datapath, flood).
 */
#ifndef VNET_GROUP_H
#define VNET_GROUP_H

#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "vnet_abi.h"
#include "maps.h"
#include "parse.h"
#include "stats.h"

static __always_inline __u32 vnet_size_above(struct __sk_buff *skb, const struct vnet_frame *frame)
{
	if (skb->gso_size && frame->payload)
		return frame->payload - frame->jumbo - frame->l3 + skb->gso_size;
	return skb->len - frame->l3;
}

/* Whether every output of a list's group takes the frame. If not, the list runs as others do, which counts why. */
__noinline int vnet_group_fits(struct __sk_buff *skb, struct vnet_frame *frame)
{
	const struct vnet_action_list *list;
	__u32 i, size, id;

	if (!frame)
		return 0;
	id = frame->list;
	list = bpf_map_lookup_elem(&action_lists, &id);
	if (!list || list->group_port != frame->port)
		return 0;
	size = vnet_size_above(skb, frame);
#pragma clang loop unroll(disable)
	for (i = 0; i < VNET_GROUP_OUTPUTS; i++) {
		__u32 at = list->group_first + i, to;
		const struct vnet_port *port;

		if (at >= list->count || at >= VNET_ACTIONS)
			return i > 0;
		to = list->actions[at].a32;
		port = bpf_map_lookup_elem(&ports, &to);
		if (!port || !*(const volatile __u32 *)&port->ifindex)
			return 0;
		if ((*(const volatile __u32 *)&port->flags & (VNET_PORT_UP | VNET_PORT_BLOCKED)) != VNET_PORT_UP)
			return 0;
		if (port->mtu && size > port->mtu)
			return 0;
	}
	return list->group_first + VNET_GROUP_OUTPUTS >= list->count;
}

/* Counts the outputs of the group and hands the frame on to the filter that sends them; the program's verdict. */
__noinline int vnet_group_send(struct __sk_buff *skb, struct vnet_frame *frame, __u32 group)
{
	const struct vnet_action_list *list;
	struct vnet_port_stats *ingress;
	__u32 i, id;
	__u64 bytes;

	if (!frame)
		return TC_ACT_SHOT;
	id = frame->list;
	list = bpf_map_lookup_elem(&action_lists, &id);
	ingress = vnet_port_stats_of(frame->port);
	if (!list || !ingress)
		return TC_ACT_SHOT;
	bytes = vnet_bytes(skb, frame);
#pragma clang loop unroll(disable)
	for (i = 0; i < VNET_GROUP_OUTPUTS; i++) {
		__u32 at = list->group_first + i, to;
		struct vnet_port_stats *egress;

		if (at >= list->count || at >= VNET_ACTIONS)
			break;
		to = list->actions[at].a32;
		egress = vnet_port_stats_of(to);
		if (!egress)
			continue;
		egress->tx_frames += frame->frames;
		egress->tx_bytes += bytes;
		egress->tx_skbs++;
	}
	ingress->copies += (__u64)(i - 1) * frame->frames;
	ingress->sent += (__u64)i * frame->frames;
	skb->cb[VNET_GROUP_CB] = group;
	/* Should the filter be gone, the host's own stack passes over a frame that is for another one. */
	bpf_skb_change_type(skb, VNET_PACKET_OTHERHOST);
	return TC_ACT_UNSPEC;
}

#endif
