// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Both ends of a measurement: `generate` sends live test frames out of a veth, `sink` counts and drops what arrives. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "traffic.h"

#define ONE(map_type, name, value_type, count)	\
	struct {				\
		__uint(type, map_type);		\
		__uint(max_entries, count);	\
		__type(key, __u32);		\
		__type(value, value_type);	\
	} name SEC(".maps")

ONE(BPF_MAP_TYPE_ARRAY, work, struct traffic_work, 1);
ONE(BPF_MAP_TYPE_PERCPU_ARRAY, seen, struct traffic_seen, 1);
ONE(BPF_MAP_TYPE_ARRAY, orders, struct traffic_order, ORDERED_FLOWS);
ONE(BPF_MAP_TYPE_PERCPU_ARRAY, delays, __u64, DELAY_BUCKETS);

SEC("xdp")
int generate(struct xdp_md *frame)
{
	__u32 zero = 0, flow;
	struct traffic_work *to = bpf_map_lookup_elem(&work, &zero);
	__u8 *data = (void *)(long)frame->data;

	if (!to || data + TRAFFIC_SIZE > (__u8 *)(long)frame->data_end)
		return XDP_DROP;
	flow = to->first + to->flow;
	data[TRAFFIC_SHAPE] = to->shape;
	if (to->addresses > 1) {
		data[TRAFFIC_ADDRESS] = (FIRST_ADDRESS + to->address) >> 8;
		data[TRAFFIC_ADDRESS + 1] = FIRST_ADDRESS + to->address;
	}
	data[TRAFFIC_PORTS] = flow >> 8;
	data[TRAFFIC_PORTS + 1] = flow;
	data[TRAFFIC_PORTS + 2] = (FIRST_PORT + (flow >> 16)) >> 8;
	data[TRAFFIC_PORTS + 3] = FIRST_PORT + (flow >> 16);
	__builtin_memcpy(data + TRAFFIC_SEQUENCE, &to->sequence, 8);
	to->sequence++;
	if (++to->flow >= to->flows) {
		to->flow = 0;
		to->shape = to->first % to->shapes;
		to->address = to->first % to->addresses;
		return bpf_redirect(to->ifindex, 0);
	}
	if (++to->shape >= to->shapes)
		to->shape = 0;
	if (++to->address >= to->addresses)
		to->address = 0;
	return bpf_redirect(to->ifindex, 0);
}

/* Each flow has every flows-th sequence number. Its frames may come on several CPUs. */
static __always_inline void in_order(struct traffic_seen *here, struct traffic_work *mine, __u64 sequence)
{
	__u32 flow = sequence % mine->flows;
	__u64 number = sequence / mine->flows + 1, behind = 0, again = 0;
	struct traffic_order *of = bpf_map_lookup_elem(&orders, &flow);

	if (!of)
		return;
	bpf_spin_lock(&of->lock);
	if (number > of->newest) {
		of->window = number - of->newest < ORDER_WINDOW ? of->window << (number - of->newest) | 1 : 1;
		of->newest = number;
	} else if (of->newest - number >= ORDER_WINDOW) {
		behind = 1;
	} else if (of->window >> (of->newest - number) & 1) {
		again = 1;
	} else {
		of->window |= 1ULL << (of->newest - number);
		behind = 1;
	}
	bpf_spin_unlock(&of->lock);
	here->behind += behind;
	here->again += again;
}

SEC("tc")
int sink(struct __sk_buff *skb)
{
	__u32 zero = 0, bucket;
	struct traffic_seen *here = bpf_map_lookup_elem(&seen, &zero);
	struct traffic_work *mine = bpf_map_lookup_elem(&work, &zero);
	__u8 *data = (void *)(long)skb->data;
	__u64 sequence, sent, *count;

	if (!here || !mine || data + TRAFFIC_SIZE > (__u8 *)(long)skb->data_end || data[TRAFFIC_MARK] != 'V' || data[TRAFFIC_MARK + 1] != 'N' ||
	    *(__u16 *)(data + TRAFFIC_ID) != mine->id)
		return TC_ACT_UNSPEC;	/* the next sender's sink may know it */
	__builtin_memcpy(&sequence, data + TRAFFIC_SEQUENCE, 8);
	__builtin_memcpy(&sent, data + TRAFFIC_TIME, 8);
	here->frames++;
	if (sequence < here->next)
		here->late++;
	else
		here->next = sequence + 1;
	if (mine->ordered && mine->flows)
		in_order(here, mine, sequence);
	if (sent) {
		bucket = traffic_bucket(bpf_ktime_get_ns() - sent);
		count = bpf_map_lookup_elem(&delays, &bucket);
		if (count)
			++*count;
	}
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
