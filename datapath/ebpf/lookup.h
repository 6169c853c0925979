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
 * all masks, as zeros add nothing.
 */
static __always_inline __u32 vnet_masked_hash(const struct vnet_key *key, const struct vnet_mask *mask, __u32 id,
					      const __u64 *factors, __u64 wide)
{
	const __u64 *k = key->w, *m = mask->w;
	__u64 sum = id * factors[4];

	sum += (k[0] & m[0]) * factors[0];
	sum += (k[1] & m[1]) * factors[1];
	sum += (k[2] & m[2]) * factors[2];
	sum += (k[3] & m[3]) * factors[3];
	if (mask->groups & VNET_GROUP_L3) {
		sum += (k[6] & m[6]) * factors[6];
		sum += (k[8] & m[8]) * factors[8];
	}
	if (wide) {
		sum += (k[4] & m[4]) * factors[4];
		sum += (k[5] & m[5]) * factors[5];
		sum += (k[7] & m[7]) * factors[7];
		sum += (k[9] & m[9]) * factors[9];
		sum += (k[10] & m[10]) * factors[10];
	}
	return (sum ^ sum >> 32) * VNET_HASH_MIX >> 32;
}

/*
 * Whether the entry of a place that had the right hash has the right key too; then slot, generation and list are filled in, and
 * hold if the place still says the same. Not static, so that it is verified once, and not for each place.
 */
__noinline int vnet_is_flow(struct vnet_frame *frame, __u32 id, __u64 had)
{
	__u32 zero = 0, at = VNET_PLACE_SLOT(had);
	const struct vnet_masks *all = bpf_map_lookup_elem(&masks, &zero);
	const volatile struct vnet_flow_entry *entry = bpf_map_lookup_elem(&flow_entries, &at);
	const __u64 *mask;
	__u64 word;
	int i;

	if (!frame || !all || !entry || id >= VNET_MASKS)
		return 0;
	mask = all->by_id[id].w;
	word = entry->word;
	if (VNET_WORD_HASH(word) != VNET_PLACE_HASH(had))
		return 0;
#pragma unroll
	for (i = 0; i < VNET_KEY_WORDS; i++)
		if (((frame->key.w[i] & mask[i]) | (i == 4 ? id : 0)) != entry->w[i])
			return 0;
	frame->generation = entry->generation;
	frame->slot = at;
	frame->list = VNET_WORD_LIST(word);
	return 1;
}

static __always_inline int vnet_in_bucket(struct vnet_frame *frame, __u32 id, __u64 want,
					  const volatile struct vnet_bucket_line *line)
{
	int i;

#pragma clang loop unroll(disable)
	for (i = 0; i < VNET_BUCKET_PLACES; i++) {
		__u64 had = line->places[i];

		if (had >> 31 == want && vnet_is_flow(frame, id, had) && line->places[i] == had)
			return 1;
	}
	return 0;
}

/* Tries the masks of a port, or those of its draining flows; 1 with slot, generation and list filled in, or 0. */
static __always_inline int vnet_lookup_among(struct vnet_frame *frame, const __u32 drains)
{
	__u32 zero = 0, port, i;
	const struct vnet_ctl *control = bpf_map_lookup_elem(&ctl, &zero);
	const struct vnet_masks *all = bpf_map_lookup_elem(&masks, &zero);
	const struct vnet_flow_index *index = bpf_map_lookup_elem(&flow_index, &zero);
	const volatile struct vnet_port_masks *own;
	__u64 wide;

	if (!frame || !control || !all || !index)
		return 0;
	port = frame->port;
	own = bpf_map_lookup_elem(&port_masks, &port);
	if (!own)
		return 0;
	wide = frame->key.w[4] | frame->key.w[5] | frame->key.w[7] | frame->key.w[9] | frame->key.w[10];
	for (i = 0; i < VNET_PORT_MASKS; i++) {
		const volatile struct vnet_bucket_line *line;
		__u32 id, hash, first, second;
		__u64 want;

		/* The count is read at each step, so that this also meets what is appended while it runs. */
		if (i >= own->counts[drains])
			break;
		id = own->mask_id[drains][i];
		if (id >= VNET_MASKS)
			continue;
		hash = vnet_masked_hash(&frame->key, &all->by_id[id], id, control->factors, wide);
		first = hash >> (32 - VNET_BUCKET_BITS);
		line = &index->lines[first];
		if (!(line->marks >> (hash & 63) & 1))
			continue;
		want = (__u64)hash << 1 | drains;
		if (vnet_in_bucket(frame, id, want, line))
			return 1;
		second = hash & (VNET_BUCKETS - 1);
		line = &index->lines[second == first ? first ^ 1 : second];
		if (vnet_in_bucket(frame, id, want, line))
			return 1;
	}
	return 0;
}

__noinline int vnet_lookup_regular(struct vnet_frame *frame)
{
	return vnet_lookup_among(frame, 0);
}

__noinline int vnet_lookup_draining(struct vnet_frame *frame)
{
	return vnet_lookup_among(frame, 1);
}

/*
 * Those that drain come last. A flow that begins to drain has its mask among them before its place says so: a frame that did
 * not find it among the others any more finds it there.
 */
static __always_inline int vnet_lookup(struct vnet_frame *frame)
{
	return vnet_lookup_regular(frame) || vnet_lookup_draining(frame);
}

#endif
