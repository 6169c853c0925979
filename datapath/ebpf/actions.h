/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Runs an action list. All writes go through helpers: a direct packet write anywhere in a tc program makes the kernel
 * copy every cloned frame at entry, and each TCP frame of a local stack is a clone.
 */
#ifndef VNET_ACTIONS_H
#define VNET_ACTIONS_H

#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "vnet_abi.h"
#include "maps.h"
#include "parse.h"
#include "stats.h"
#include "upcall.h"
#include "meter.h"
#include "rewrite.h"
#include "group.h"

/* Sends one copy, or the frame itself when it is the last; returns the program's verdict. */
static __always_inline int vnet_output(struct __sk_buff *skb, const struct vnet_frame *frame,
				       struct vnet_port_stats *ingress, __u32 to, int last)
{
	const struct vnet_port *port;
	struct vnet_port_stats *egress;
	__u32 ifindex, flags, mtu, reason, peer = 0;
	int verdict = TC_ACT_SHOT;

	reason = VNET_DROP_BAD_OUTPUT;
	port = bpf_map_lookup_elem(&ports, &to);
	if (!port)
		goto drop;
	ifindex = *(const volatile __u32 *)&port->ifindex;
	flags = *(const volatile __u32 *)&port->flags;
	mtu = port->mtu;
	reason = VNET_DROP_OUTPUT_BLOCKED;
	if (flags & VNET_PORT_BLOCKED)
		goto drop;
	reason = VNET_DROP_LINK_DOWN;
	if (!(flags & VNET_PORT_UP) || !ifindex)
		goto drop;
	reason = VNET_DROP_TOO_LONG;
	if (mtu && vnet_size_above(skb, frame) > mtu)
		goto drop;

	reason = VNET_DROP_OUTPUT_FAILED;
	egress = vnet_port_stats_of(to);
	if (!egress)
		goto drop;
	if (!last) {
		/* NB: positive results count too: a device that is down but has a queue answers NET_XMIT_CN. */
		if (bpf_clone_redirect(skb, ifindex, 0))
			goto drop;
	} else {
		peer = (flags & VNET_PORT_PEER) && port->peer_mac == frame->destination && to != frame->port;
		verdict = peer ? bpf_redirect_peer(ifindex, 0) : bpf_redirect(ifindex, 0);
		if (verdict != TC_ACT_REDIRECT)
			goto drop;
	}
	egress->tx_frames += frame->frames;
	egress->tx_bytes += vnet_bytes(skb, frame);
	egress->tx_skbs++;
	egress->tx_peer_skbs += peer;
	ingress->sent += frame->frames;
	return verdict;

drop:
	vnet_drop(frame->port, reason, frame->frames);
	return TC_ACT_SHOT;
}

/* Sends a copy, or the frame itself when it is the last, up. */
static __always_inline int vnet_inspect(struct __sk_buff *skb, const struct vnet_frame *frame,
					struct vnet_port_stats *ingress, __u32 reason, int last)
{
	__u32 tap = vnet_inspect_tap();
	int verdict = TC_ACT_SHOT;

	if (!tap) {
		vnet_drop(frame->port, VNET_DROP_NO_UPCALL, frame->frames);
		return TC_ACT_SHOT;
	}
	vnet_note_upcall(skb, reason, frame->port, frame->slot, frame->generation);
	if (last) {
		verdict = bpf_redirect(tap, 0);
	} else if (bpf_clone_redirect(skb, tap, 0)) {
		vnet_drop(frame->port, VNET_DROP_OUTPUT_FAILED, frame->frames);
		return TC_ACT_SHOT;
	}
	ingress->inspects += frame->frames;
	return verdict;
}

/* Sends a copy up that is to be learnt from, if the port has any left of its allowance; the frame goes on, and so does the list. */
static __always_inline void vnet_copy_up(struct __sk_buff *skb, const struct vnet_frame *frame,
					 struct vnet_port_stats *ingress, __u32 reason)
{
	__u32 tap = vnet_inspect_tap();

	if (!tap || !vnet_copy_allowed(frame->port, vnet_upcall_units(skb, frame->frames)))
		return;
	vnet_note_upcall(skb, reason, frame->port, frame->slot, frame->generation);
	if (bpf_clone_redirect(skb, tap, 0))
		return;
	ingress->copies += frame->frames;
	ingress->inspects += frame->frames;
}

/*
 * Functions that are not static are verified once, on their own: their branches do not multiply with those of the list's
 * loop. They take an action as its two words, as a pointer into a map could not cross.
 */
#define VNET_TYPE(head) ((__u32)(head) & 0xffff)
#define VNET_A16(head) ((__u32)(head) >> 16)
#define VNET_A32(head) ((__u32)((head) >> 32))
/* No verdict of tc. */
#define VNET_GOES_ON 1000

__noinline int vnet_send(struct __sk_buff *skb, struct vnet_frame *frame, __u64 head, __u64 gates, int last)
{
	struct vnet_port_stats *ingress;

	if (!frame)
		return TC_ACT_SHOT;
	ingress = vnet_port_stats_of(frame->port);
	if (!ingress)
		return TC_ACT_SHOT;
	if (VNET_TYPE(head) == VNET_ACTION_COPY_UP) {
		vnet_copy_up(skb, frame, ingress, VNET_A32(head));
		return TC_ACT_SHOT;
	}
	if (!last)
		ingress->copies += frame->frames;
	if (gates & frame->closed) {
		vnet_drop(frame->port, VNET_DROP_METERED, frame->frames);
		return TC_ACT_SHOT;
	}
	if (VNET_TYPE(head) == VNET_ACTION_OUTPUT)
		return vnet_output(skb, frame, ingress, VNET_A32(head), last);
	return vnet_inspect(skb, frame, ingress, VNET_A32(head), last);
}

/* A copy to each port whose bit is set, but to the one that the frame came in by. */
__noinline int vnet_send_each(struct __sk_buff *skb, struct vnet_frame *frame, __u64 head, __u64 bits)
{
	__u32 to = VNET_A16(head) * 64, end = to + 64;

	if (!frame)
		return 0;
#pragma clang loop unroll(disable)
	for (; bits && to < end; to++, bits >>= 1)
		if (bits & 1 && to != frame->port)
			vnet_send(skb, frame, (__u64)to << 32 | VNET_ACTION_OUTPUT, VNET_A32(head), 0);
	return 0;
}

static __always_inline long vnet_set_mac(struct __sk_buff *skb, __u32 offset, __u64 mac)
{
	__u64 bytes = bpf_cpu_to_be64(mac << 16);

	return bpf_skb_store_bytes(skb, offset, &bytes, 6, 0);
}

/* Tags beside the frame come and go without moving L3; the frame's length tells. */
static __always_inline void vnet_retagged(struct __sk_buff *skb, struct vnet_frame *frame, __u32 length_before, __u32 change)
{
	__u32 moved = skb->len - length_before;

	frame->l3 += moved;
	if (frame->payload)
		frame->payload += moved;
	if (frame->l4)
		frame->l4 += moved;
	if (frame->segment_header)
		frame->segment_header += change;
}

/* The outermost tag as TPID << 16 | TCI, or 0. */
static __always_inline __u32 vnet_outermost_tag(struct __sk_buff *skb)
{
	__u32 tag;

	if (skb->vlan_present)
		return (__u32)bpf_ntohs(skb->vlan_proto) << 16 | (skb->vlan_tci & 0xffff);
	if (bpf_skb_load_bytes(skb, 12, &tag, sizeof(tag)))
		return 0;
	tag = bpf_ntohl(tag);
	return vnet_tag_kind(tag >> 16) ? tag : 0;
}

static __always_inline long vnet_push(struct __sk_buff *skb, struct vnet_frame *frame, __u32 tpid, __u32 tci)
{
	__u32 length = skb->len;

	if (bpf_skb_vlan_push(skb, bpf_htons(tpid), tci))
		return -1;
	vnet_retagged(skb, frame, length, VNET_TAG_SIZE);
	return 0;
}

static __always_inline long vnet_pop(struct __sk_buff *skb, struct vnet_frame *frame)
{
	__u32 length = skb->len;

	if (!vnet_outermost_tag(skb))
		return 0;
	if (bpf_skb_vlan_pop(skb))
		return -1;
	vnet_retagged(skb, frame, length, -VNET_TAG_SIZE);
	return 0;
}

/* Replaces bits of the outermost TCI. */
static __always_inline long vnet_set_tci(struct __sk_buff *skb, struct vnet_frame *frame, __u32 mask, __u32 bits)
{
	__u32 tag = vnet_outermost_tag(skb);

	if (!tag)
		return 0;
	if (vnet_pop(skb, frame))
		return -1;
	return vnet_push(skb, frame, tag >> 16, (tag & 0xffff & ~mask) | (bits & mask));
}

static __always_inline long vnet_set_dscp(struct __sk_buff *skb, const struct vnet_frame *frame, __u32 dscp)
{
	__u32 ether_type = frame->key.w[0] >> VNET_W0_ETHERTYPE_SHIFT & 0xffff;
	__u16 old, new;

	if (!vnet_has_ip(frame))
		return 0;
	if (bpf_skb_load_bytes(skb, frame->l3, &old, sizeof(old)))
		return -1;
	if (ether_type == VNET_ETHERTYPE_IPV4) {
		new = (old & bpf_htons(0xff03)) | bpf_htons((dscp & 63) << 2);
		if (bpf_l3_csum_replace(skb, frame->l3 + 10, old, new, sizeof(old)))
			return -1;
		/* The header's sum does not change, so a checksum of the whole frame stays right. */
		return bpf_skb_store_bytes(skb, frame->l3, &new, sizeof(new), 0);
	}
	new = (old & bpf_htons(0xf03f)) | bpf_htons((dscp & 63) << 6);
	return bpf_skb_store_bytes(skb, frame->l3, &new, sizeof(new), BPF_F_RECOMPUTE_CSUM);
}

/* One rewriting action. One that fails ends the list: it counts the drop and sets frame->stopped. */
__noinline int vnet_rewrite(struct __sk_buff *skb, struct vnet_frame *frame, __u64 head, __u64 a64)
{
	__u32 reason = VNET_DROP_NO_MEMORY;
	long error = 0;

	if (!frame)
		return 1;
	switch (VNET_TYPE(head)) {
	case VNET_ACTION_SET_ETH_DST:
		frame->destination = a64 & 0xffffffffffffULL;
		error = vnet_set_mac(skb, 0, a64);
		break;
	case VNET_ACTION_SET_ETH_SRC:
		error = vnet_set_mac(skb, 6, a64);
		break;
	case VNET_ACTION_SET_VLAN_PCP:
		error = vnet_set_tci(skb, frame, 0xe000, VNET_A16(head) << 13);
		break;
	case VNET_ACTION_SET_VLAN_VID:
		error = vnet_set_tci(skb, frame, 0x0fff, VNET_A16(head));
		break;
	case VNET_ACTION_SET_DSCP:
		error = vnet_set_dscp(skb, frame, VNET_A16(head));
		break;
	case VNET_ACTION_PUSH_TAG:
		error = vnet_push(skb, frame, VNET_A32(head), VNET_A16(head));
		break;
	case VNET_ACTION_POP_TAG:
		error = vnet_pop(skb, frame);
		break;
	case VNET_ACTION_METER:
		frame->closed &= ~(1ULL << (VNET_A16(head) & 63));
		if (!vnet_meter_passes(VNET_A32(head), frame->bytes))
			frame->closed |= 1ULL << (VNET_A16(head) & 63);
		break;
	case VNET_ACTION_COUNT:
		vnet_count(VNET_A32(head), frame->frames, vnet_bytes(skb, frame));
		break;
	case VNET_ACTION_SET_IP_SRC_HIGH:
	case VNET_ACTION_SET_IP_SRC_LOW:
	case VNET_ACTION_SET_IP_DST_HIGH:
	case VNET_ACTION_SET_IP_DST_LOW:
		error = vnet_set_transport(skb, frame, VNET_TYPE(head), a64);
		break;
	case VNET_ACTION_SET_L4_SRC:
	case VNET_ACTION_SET_L4_DST:
		error = vnet_set_transport(skb, frame, VNET_TYPE(head), VNET_A16(head));
		break;
	default:
		reason = VNET_DROP_BAD_ACTION;
		error = -1;
	}
	if (!error)
		return 0;
	frame->stopped = 1;
	vnet_drop(frame->port, reason, frame->frames);
	return 1;
}

/*
 * What the loop over a list sees. NB: nothing in it may change. The verifier of 6.18 takes a stack word that only the body of
 * bpf_loop reads for dead, believes its first value for ever and removes the branches for others; tests caught it.
 * What changes lives in the frame, which functions of their own write, so that no value is believed.
 */
struct vnet_walk {
	struct __sk_buff *skb;
	struct vnet_frame *frame;
	const struct vnet_action_list *list;
};

static long vnet_step(__u32 at, struct vnet_walk *walk)
{
	__u64 head;

	if (at >= VNET_ACTIONS)
		return 1;
	head = *(const __u64 *)&walk->list->actions[at];
	if (VNET_TYPE(head) == VNET_ACTION_OUTPUT || VNET_TYPE(head) == VNET_ACTION_INSPECT ||
	    VNET_TYPE(head) == VNET_ACTION_COPY_UP) {
		vnet_send(walk->skb, walk->frame, head, walk->list->actions[at].a64, 0);
		return 0;
	}
	if (VNET_TYPE(head) == VNET_ACTION_DROP) {
		vnet_drop_copies(walk->frame, VNET_A32(head), VNET_A16(head) + 1);
		return 0;
	}
	if (VNET_TYPE(head) == VNET_ACTION_OUTPUTS) {
		vnet_send_each(walk->skb, walk->frame, head, walk->list->actions[at].a64);
		return 0;
	}
	return vnet_rewrite(walk->skb, walk->frame, head, walk->list->actions[at].a64) ? 1 : 0;
}

/* Runs the part of a list that the frame is at. A verdict, or VNET_GOES_ON when the frame is at the next part now. */
__noinline int vnet_part(struct __sk_buff *skb, struct vnet_frame *frame)
{
	const struct vnet_action_list *list;
	struct vnet_walk walk = { .skb = skb, .frame = frame };
	__u32 id, last, reason = VNET_DROP_NO_ACTIONS;
	__u64 head;

	if (!frame)
		return TC_ACT_SHOT;
	id = frame->list;
	list = bpf_map_lookup_elem(&action_lists, &id);
	if (!list || !list->count)
		goto drop;
	last = list->count - 1;
	if (last >= VNET_ACTIONS)
		goto drop;
	walk.list = list;
	bpf_loop(last, vnet_step, &walk, 0);
	if (frame->stopped)
		return TC_ACT_SHOT;
	head = *(const __u64 *)&list->actions[last];
	if (VNET_TYPE(head) == VNET_ACTION_NEXT) {
		frame->list = VNET_A32(head);
		return VNET_GOES_ON;
	}
	if (VNET_TYPE(head) == VNET_ACTION_OUTPUT || VNET_TYPE(head) == VNET_ACTION_INSPECT)
		return vnet_send(skb, frame, head, list->actions[last].a64, 1);
	if (VNET_TYPE(head) == VNET_ACTION_DROP)
		reason = VNET_A32(head);
drop:
	vnet_drop(frame->port, reason, frame->frames);
	return TC_ACT_SHOT;
}

/* Goes on with a list in its further parts; the program's verdict. */
__noinline int vnet_go_on(struct __sk_buff *skb, struct vnet_frame *frame, __u32 id)
{
	__u32 i;
	int verdict;

	if (!frame)
		return TC_ACT_SHOT;
	frame->list = id;
#pragma clang loop unroll(disable)
	for (i = 0; i < VNET_CHAIN; i++) {
		verdict = vnet_part(skb, frame);
		if (verdict != VNET_GOES_ON)
			return verdict;
	}
	vnet_drop(frame->port, VNET_DROP_NO_ACTIONS, frame->frames);
	return TC_ACT_SHOT;
}

/*
 * All actions but the last work on the frame or send copies; the last one disposes of the frame itself, without a copy
 * when it is a send. So the endings of a frame are its copies and one.
 */
static __always_inline int vnet_execute(struct __sk_buff *skb, struct vnet_frame *frame, struct vnet_port_stats *ingress)
{
	const struct vnet_action_list *list = bpf_map_lookup_elem(&action_lists, &frame->list);
	struct vnet_walk walk = { .skb = skb, .frame = frame, .list = list };
	__u32 last, group, reason = VNET_DROP_NO_ACTIONS;
	__u64 head;

	if (!list || !list->count)
		goto drop;
	last = list->count - 1;
	if (last >= VNET_ACTIONS)
		goto drop;
	/* NB: bpf_loop, as its body is verified once. A for loop costs the same and verifies 179,000 instructions, or too many. */
	group = *(const volatile __u32 *)&list->group;
	if (group && vnet_group_fits(skb, frame)) {
		__u32 first = list->group_first;

		if (first)
			bpf_loop(first, vnet_step, &walk, 0);
		return frame->stopped ? TC_ACT_SHOT : vnet_group_send(skb, frame, group);
	}
	if (last) {
		bpf_loop(last, vnet_step, &walk, 0);
		if (frame->stopped)
			return TC_ACT_SHOT;
	}
	head = *(const __u64 *)&list->actions[last];
	/* NB: most lists are this alone; 11 ns less a frame than by a call. */
	if (VNET_TYPE(head) == VNET_ACTION_OUTPUT && !list->actions[last].a64)
		return vnet_output(skb, frame, ingress, VNET_A32(head), 1);
	if (VNET_TYPE(head) == VNET_ACTION_OUTPUT || VNET_TYPE(head) == VNET_ACTION_INSPECT)
		return vnet_send(skb, frame, head, list->actions[last].a64, 1);
	if (VNET_TYPE(head) == VNET_ACTION_NEXT)
		return vnet_go_on(skb, frame, VNET_A32(head));
	if (VNET_TYPE(head) == VNET_ACTION_DROP)
		reason = VNET_A32(head);
drop:
	vnet_drop(frame->port, reason, frame->frames);
	return TC_ACT_SHOT;
}

#endif
