/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * IP addresses and ports, with the checksums that cover them. Sums are changed by the difference, so that one that hardware
 * is still to finish (CHECKSUM_PARTIAL, every superframe) stays right, and a wrong one stays wrong.
 */
#ifndef VNET_REWRITE_H
#define VNET_REWRITE_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "vnet_abi.h"
#include "parse.h"

/* Whether the IP header parsed. */
static __always_inline int vnet_has_ip(const struct vnet_frame *frame)
{
	__u32 ether_type = frame->key.w[0] >> VNET_W0_ETHERTYPE_SHIFT & 0xffff;
	__u32 class = frame->key.w[0] >> VNET_W0_CLASS_SHIFT & 7;

	if (class == VNET_CLASS_L3_TRUNCATED || class == VNET_CLASS_L3_BAD || class == VNET_CLASS_TAG_TRUNCATED)
		return 0;
	return ether_type == VNET_ETHERTYPE_IPV4 || ether_type == VNET_ETHERTYPE_IPV6;
}

/* Changes the L4 checksum by a difference of the pseudo header, or of its own header if size is 2 (from, to then). */
static __always_inline long vnet_l4_sum(struct __sk_buff *skb, const struct vnet_frame *frame, __u64 from, __u64 to, __u32 size)
{
	__u32 proto = frame->key.w[3] >> VNET_W3_PROTO_SHIFT;
	__u64 flags = size ? size : BPF_F_PSEUDO_HDR;

	if (!frame->l4)
		return 0;
	if (proto == 17)
		return bpf_l4_csum_replace(skb, frame->l4 + 6, from, to, flags | BPF_F_MARK_MANGLED_0);
	return bpf_l4_csum_replace(skb, frame->l4 + (proto == 6 ? 16 : 2), from, to, flags);
}

static __always_inline long vnet_set_ipv4(struct __sk_buff *skb, const struct vnet_frame *frame, __u32 at, __u32 address)
{
	__u32 old, new = bpf_htonl(address);

	if (bpf_skb_load_bytes(skb, at, &old, sizeof(old)))
		return -1;
	if (bpf_l3_csum_replace(skb, frame->l3 + 10, old, new, sizeof(old)))
		return -1;
	if (vnet_l4_sum(skb, frame, 0, bpf_csum_diff(&old, sizeof(old), &new, sizeof(new), 0), 0))
		return -1;
	/* The header's sum does not change, so a checksum of the whole frame stays right. */
	return bpf_skb_store_bytes(skb, at, &new, sizeof(new), 0);
}

/* Half of an IPv6 address. A checksum of the whole frame follows the address here, and the L4 sum by the helper. */
static __always_inline long vnet_set_ipv6(struct __sk_buff *skb, const struct vnet_frame *frame, __u32 at, __u64 half)
{
	__u64 old, new = bpf_cpu_to_be64(half);

	if (bpf_skb_load_bytes(skb, at, &old, sizeof(old)))
		return -1;
	if (vnet_l4_sum(skb, frame, 0, bpf_csum_diff((__be32 *)&old, sizeof(old), (__be32 *)&new, sizeof(new), 0), 0))
		return -1;
	return bpf_skb_store_bytes(skb, at, &new, sizeof(new), BPF_F_RECOMPUTE_CSUM);
}

static __always_inline long vnet_set_port_number(struct __sk_buff *skb, const struct vnet_frame *frame, __u32 offset, __u32 number)
{
	__u32 proto = frame->key.w[3] >> VNET_W3_PROTO_SHIFT;
	__u16 old, new = bpf_htons(number);

	if (!frame->l4 || (proto != 6 && proto != 17))
		return 0;
	if (bpf_skb_load_bytes(skb, frame->l4 + offset, &old, sizeof(old)))
		return -1;
	if (vnet_l4_sum(skb, frame, old, new, sizeof(new)))
		return -1;
	return bpf_skb_store_bytes(skb, frame->l4 + offset, &new, sizeof(new), 0);
}

/* One action of 14 to 19; a function of its own, verified once. */
__noinline long vnet_set_transport(struct __sk_buff *skb, struct vnet_frame *frame, __u32 type, __u64 value)
{
	__u32 ipv4, at;

	if (!frame || !vnet_has_ip(frame))
		return 0;
	if (type == VNET_ACTION_SET_L4_SRC || type == VNET_ACTION_SET_L4_DST)
		return vnet_set_port_number(skb, frame, type == VNET_ACTION_SET_L4_SRC ? 0 : 2, value);
	ipv4 = (frame->key.w[0] >> VNET_W0_ETHERTYPE_SHIFT & 0xffff) == VNET_ETHERTYPE_IPV4;
	if (ipv4) {
		if (type == VNET_ACTION_SET_IP_SRC_LOW)
			return vnet_set_ipv4(skb, frame, frame->l3 + 12, value);
		if (type == VNET_ACTION_SET_IP_DST_LOW)
			return vnet_set_ipv4(skb, frame, frame->l3 + 16, value);
		return 0;
	}
	at = frame->l3 + 8 + (type - VNET_ACTION_SET_IP_SRC_HIGH) * 8;
	return vnet_set_ipv6(skb, frame, at, value);
}

#endif
