/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Key to flow: the masks of the ingress port in order, the first flow that is current wins; after them the masks of flows that
 * drain, which so match only where no other does.
 */
#ifndef VNET_LOOKUP_H
#define VNET_LOOKUP_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "vnet_abi.h"
#include "maps.h"
#include "parse.h"

static __always_inline __u32 vnet_masked_hash(const struct vnet_key *key, const struct vnet_key *mask)
{
	const __u64 *k = key->w, *m = mask->w;
	__u64 sum;

	sum = (k[0] & m[0]) * VNET_HASH_0;
	sum += (k[1] & m[1]) * VNET_HASH_1;
	sum += (k[2] & m[2]) * VNET_HASH_2;
	sum += (k[3] & m[3]) * VNET_HASH_3;
	sum += ((k[4] & m[4]) | (__u32)m[4]) * VNET_HASH_4;
	sum += (k[5] & m[5]) * VNET_HASH_5;
	sum += (k[6] & m[6]) * VNET_HASH_6;
	sum += (k[7] & m[7]) * VNET_HASH_7;
	sum += (k[8] & m[8]) * VNET_HASH_8;
	sum += (k[9] & m[9]) * VNET_HASH_9;
	sum += (k[10] & m[10]) * VNET_HASH_10;
	return sum >> 32;
}

/* False only when no flow of this hash is installed. */
static __always_inline int vnet_may_match(__u32 hash, __u32 shift)
{
	__u32 bit = hash >> shift;
	__u32 at = bit / 64;
	const __u64 *word = bpf_map_lookup_elem(&flow_filter, &at);

	return !word || (*word >> (bit & 63) & 1);
}

/* As vnet_match, by the fast way; 0 says nothing about flows. */
static __always_inline int vnet_match_fast(struct vnet_frame *frame, const struct vnet_key *mask, __u32 id, __u32 hash)
{
	const struct vnet_key *key = &frame->key;
	const struct vnet_fast_line *line;
	__u32 at = hash >> 16, i;

	line = bpf_map_lookup_elem(&fast_lines, &at);
	if (!line)
		return 0;
	for (i = 0; i < VNET_FAST_ENTRIES; i++) {
		__u64 entry = *(const volatile __u64 *)&line->entries[i], now, differ = 0;
		const struct vnet_fast_key *own;
		const volatile __u64 *slot;
		int word;

		if (!(__u32)entry || entry >> 32 != hash)
			continue;
		at = (__u32)entry - 1;
		own = bpf_map_lookup_elem(&fast_keys, &at);
		slot = bpf_map_lookup_elem(&flow_slots, &at);
		if (!own || !slot)
			continue;
#pragma unroll
		for (word = 0; word < VNET_KEY_WORDS; word++)
			differ |= ((key->w[word] & mask->w[word]) | (word == 4 ? id : 0)) ^ *(const volatile __u64 *)&own->w[word];
		if (differ)
			continue;
		frame->generation = *(const volatile __u32 *)&own->generation;
		now = *slot;
		if (VNET_SLOT_HASH(now) != hash)
			continue;
		frame->slot = at;
		frame->list = VNET_SLOT_LIST(now);
		return 1;
	}
	return 0;
}

/* Looks under one mask; 1 with slot, generation and list filled in, or 0. */
static __always_inline int vnet_match(struct vnet_frame *frame, __u32 id, __u32 shift)
{
	const struct vnet_key *key = &frame->key, *mask = bpf_map_lookup_elem(&masks, &id);
	const struct vnet_flow *flow;
	const volatile __u64 *slot;
	struct vnet_key masked;
	__u32 hash, at;
	__u64 now;
	int word;

	if (!mask)
		return 0;
	hash = vnet_masked_hash(key, mask);
	if (!vnet_may_match(hash, shift))
		return 0;
	if (vnet_match_fast(frame, mask, id, hash))
		return 1;
#pragma unroll
	for (word = 0; word < VNET_KEY_WORDS; word++)
		masked.w[word] = key->w[word] & mask->w[word];
	masked.w[4] |= id;
	flow = bpf_map_lookup_elem(&flows, &masked);
	if (!flow)
		return 0;
	/* NB: the element may be recycled under us; its slot's hash is then another one. */
	frame->slot = *(const volatile __u32 *)&flow->slot;
	frame->generation = *(const volatile __u32 *)&flow->generation;
	at = frame->slot;
	slot = bpf_map_lookup_elem(&flow_slots, &at);
	if (!slot)
		return 0;
	now = *slot;
	if (VNET_SLOT_HASH(now) != hash)
		return 0;
	frame->list = VNET_SLOT_LIST(now);
	return 1;
}

/* 1 with slot, generation and list filled in, or 0. */
__noinline int vnet_lookup(struct vnet_frame *frame)
{
	__u32 zero = 0, port, shift, i;
	const struct vnet_ctl *control = bpf_map_lookup_elem(&ctl, &zero);
	const struct vnet_port_masks *own;

	if (!frame || !control)
		return 0;
	port = frame->port;
	own = bpf_map_lookup_elem(&port_masks, &port);
	if (!own)
		return 0;
	shift = control->filter_shift & 31;
	/* Each count is read at each step, so that this also meets what is appended while it runs. */
	for (i = 0; i < VNET_PORT_MASKS; i++) {
		if (i >= *(const volatile __u32 *)&own->count)
			break;
		if (vnet_match(frame, *(const volatile __u32 *)&own->mask_id[i], shift))
			return 1;
	}
	/* Read after the regular masks: a flow that was gone from those is here already. */
	for (i = 0; i < VNET_PORT_MASKS; i++) {
		if (i >= *(const volatile __u32 *)&own->drain_count)
			break;
		if (vnet_match(frame, *(const volatile __u32 *)&own->drain_mask_id[i], shift))
			return 1;
	}
	return 0;
}

#endif
