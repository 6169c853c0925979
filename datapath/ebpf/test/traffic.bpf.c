// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Both ends of a measurement: `generate` sends live test frames out of a veth, `sink` counts and drops what arrives. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct work {
	__u32 ifindex;
	__u32 flows;		/* UDP source ports 0..flows-1 in turn; fewer than 2: as it is */
	__u32 next;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct work);
} device SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} arrived SEC(".maps");

SEC("xdp")
int generate(struct xdp_md *frame)
{
	__u32 zero = 0;
	struct work *work = bpf_map_lookup_elem(&device, &zero);
	__u8 *data = (void *)(long)frame->data;

	if (!work || data + 36 > (__u8 *)(long)frame->data_end)
		return XDP_DROP;
	if (work->flows > 1) {
		data[34] = work->next >> 8;
		data[35] = work->next & 255;
		work->next = work->next + 1 < work->flows ? work->next + 1 : 0;
	}
	return bpf_redirect(work->ifindex, 0);
}

SEC("tc")
int sink(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&arrived, &zero);

	if (count)
		++*count;
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
