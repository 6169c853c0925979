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

/*
 * The hash of the masked key. A key that has nothing in half of its words (IPv4, or no IP at all) says so by `wide`, once for
 * all masks, as zeros add nothing. NB: read anew for each mask: as a value that the verifier follows it costs four times its work.
 */
static __always_inline __u32 vnet_masked_hash(const struct vnet_frame *frame, const struct vnet_mask *mask, __u32 id,
					      const __u64 *factors)
{
	const __u64 *k = frame->key.w, *m = mask->w;
	__u64 sum = id * factors[4];

	sum += (k[0] & m[0]) * factors[0];
	sum += (k[1] & m[1]) * factors[1];
	sum += (k[2] & m[2]) * factors[2];
	sum += (k[3] & m[3]) * factors[3];
	if (mask->groups & VNET_GROUP_L3) {
		sum += (k[6] & m[6]) * factors[6];
		sum += (k[8] & m[8]) * factors[8];
	}
	if (*(const volatile __u32 *)&frame->wide) {
		sum += (k[4] & m[4]) * factors[4];
		sum += (k[5] & m[5]) * factors[5];
		sum += (k[7] & m[7]) * factors[7];
		sum += (k[9] & m[9]) * factors[9];
		sum += (k[10] & m[10]) * factors[10];
	}
	return (sum ^ sum >> 32) * VNET_HASH_MIX >> 32;
}

/*
 * Whether an entry, which an index word with the right hash named, has the right key too; then slot, generation and list are
 * filled in, and hold if the word still says the same. Reads word first and generation last.
 */
static __always_inline int vnet_is_flow(struct vnet_frame *frame, const __u64 *mask, __u32 id, __u64 had)
{
	__u32 at = VNET_PLACE_SLOT(had);
	const volatile struct vnet_flow_entry *entry = bpf_map_lookup_elem(&flow_entries, &at);
	__u64 word;
	int i;

	if (!entry)
		return 0;
	word = entry->word;
	if (VNET_WORD_HASH(word) != VNET_PLACE_HASH(had) || entry->mask != id)
		return 0;
#pragma unroll
	for (i = 0; i < VNET_NEAR_WORDS; i++)
		if ((frame->key.w[VNET_NEAR_WORD(i)] & mask[VNET_NEAR_WORD(i)]) != entry->near[i])
			return 0;
	if (*(const volatile __u32 *)&frame->wide | entry->wide) {
#pragma unroll
		for (i = 0; i < VNET_FAR_WORDS; i++)
			if ((frame->key.w[VNET_FAR_WORD(i)] & mask[VNET_FAR_WORD(i)]) != entry->far[i])
				return 0;
	}
	frame->generation = entry->generation;
	frame->slot = at;
	frame->list = VNET_WORD_LIST(word);
	return 1;
}

/* The flow under one mask among those that drain or among the others. Not static: the verifier then sees it once, not for each mask. */
__noinline int vnet_find(struct vnet_frame *frame, __u32 id, __u32 hash, __u32 drains)
{
	__u32 zero = 0, first = hash >> (32 - VNET_BUCKET_BITS), second = hash & (VNET_BUCKETS - 1);
	const struct vnet_masks *all = bpf_map_lookup_elem(&masks, &zero);
	const struct vnet_flow_index *index = bpf_map_lookup_elem(&flow_index, &zero);
	const volatile __u64 *places;
	__u64 want = (__u64)hash << 1 | (drains & 1);
	__u32 pass, i;

	if (!frame || !all || !index || id >= VNET_MASKS)
		return 0;
	places = index->lines[first].places;
	for (pass = 0; pass < 2; pass++) {
#pragma clang loop unroll(disable)
		for (i = 0; i < VNET_BUCKET_PLACES; i++) {
			__u64 had = places[i];

			if (had >> 31 == want && vnet_is_flow(frame, all->by_id[id].w, id, had) && places[i] == had)
				return 1;
		}
		places = index->lines[second == first ? first ^ 1 : second].places;
	}
	return 0;
}

/*
 * The flow under the first mask of a port, if its first bucket has it: most frames match there. 1, or 0 for a mask that is to be
 * tried again, or -1 for one that has no flow for the frame. NB: in line, as a return from a function costs 5 ns and more where
 * the kernel guards returns (srso): 20 ns less a frame than by the search below.
 */
static __always_inline int vnet_lookup_first(struct vnet_frame *frame)
{
	__u32 zero = 0, port = frame->port, id, hash, i;
	const struct vnet_ctl *control = bpf_map_lookup_elem(&ctl, &zero);
	const struct vnet_masks *all = bpf_map_lookup_elem(&masks, &zero);
	const struct vnet_flow_index *index = bpf_map_lookup_elem(&flow_index, &zero);
	const volatile struct vnet_port_masks *own = bpf_map_lookup_elem(&port_masks, &port);
	const volatile __u64 *places;

	if (!control || !all || !index || !own)
		return 0;
	id = own->mask_id[0][0];
	if (!own->counts[0] || id >= VNET_MASKS)
		return 0;
	hash = vnet_masked_hash(frame, &all->by_id[id], id, control->factors);
	/* Behind a single mask the bucket says as much: one cache line less. */
	if (own->counts[0] > 1 &&
	    !(*(const volatile __u8 *)&index->marks[hash >> (32 - VNET_BUCKET_BITS)] >> (hash & 7) & 1))
		return -1;
	places = index->lines[hash >> (32 - VNET_BUCKET_BITS)].places;
#pragma clang loop unroll(disable)
	for (i = 0; i < VNET_BUCKET_PLACES; i++) {
		__u64 had = places[i];

		if (had >> 31 == (__u64)hash << 1)
			return vnet_is_flow(frame, all->by_id[id].w, id, had) && places[i] == had;
	}
	return 0;
}

/* Tries the masks of a port from a place on, or those of its draining flows; 1 with slot, generation and list filled in, or 0. */
static __always_inline int vnet_lookup_among(struct vnet_frame *frame, __u32 from, const __u32 drains)
{
	__u32 zero = 0, port, i;
	const struct vnet_ctl *control = bpf_map_lookup_elem(&ctl, &zero);
	const struct vnet_masks *all = bpf_map_lookup_elem(&masks, &zero);
	const struct vnet_flow_index *index = bpf_map_lookup_elem(&flow_index, &zero);
	const volatile struct vnet_port_masks *own;

	if (!frame || !control || !all || !index)
		return 0;
	port = frame->port;
	own = bpf_map_lookup_elem(&port_masks, &port);
	if (!own)
		return 0;
	for (i = from ? 1 : 0; i < VNET_PORT_MASKS; i++) {
		__u32 id, hash;

		/* The count is read at each step, so that this also meets what is appended while it runs. */
		if (i >= own->counts[drains])
			break;
		id = own->mask_id[drains][i];
		if (id >= VNET_MASKS)
			continue;
		hash = vnet_masked_hash(frame, &all->by_id[id], id, control->factors);
		if (*(const volatile __u8 *)&index->marks[hash >> (32 - VNET_BUCKET_BITS)] >> (hash & 7) & 1 &&
		    vnet_find(frame, id, hash, drains))
			return 1;
	}
	return 0;
}

__noinline int vnet_lookup_regular(struct vnet_frame *frame, __u32 from)
{
	return vnet_lookup_among(frame, from, 0);
}

__noinline int vnet_lookup_draining(struct vnet_frame *frame)
{
	return vnet_lookup_among(frame, 0, 1);
}

/*
 * Those that drain come last. A flow that begins to drain has its mask among them before its place says so: a frame that did
 * not find it among the others any more finds it there.
 */
static __always_inline int vnet_lookup(struct vnet_frame *frame)
{
	const __u64 *k = frame->key.w;
	int first;

	frame->wide = (k[4] | k[5] | k[7] | k[9] | k[10]) != 0;
	first = vnet_lookup_first(frame);
	return first > 0 || vnet_lookup_regular(frame, first < 0) || vnet_lookup_draining(frame);
}

#endif
