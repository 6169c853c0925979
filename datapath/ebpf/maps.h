/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The map set of one switch. Sizes and meanings: vnet_abi.h. */
#ifndef VNET_MAPS_H
#define VNET_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "vnet_abi.h"

#define VNET_ARRAY(name, value_type, count, mapflags)		\
	struct {						\
		__uint(type, BPF_MAP_TYPE_ARRAY);		\
		__uint(map_flags, mapflags);			\
		__uint(max_entries, count);			\
		__type(key, __u32);				\
		__type(value, value_type);			\
	} name SEC(".maps")

#define VNET_PERCPU(name, value_type, count)			\
	struct {						\
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);	\
		__uint(max_entries, count);			\
		__type(key, __u32);				\
		__type(value, value_type);			\
	} name SEC(".maps")

#define VNET_HASH(name, key_type, value_type, count)		\
	struct {						\
		__uint(type, BPF_MAP_TYPE_HASH);		\
		__uint(max_entries, count);			\
		__type(key, key_type);				\
		__type(value, value_type);			\
	} name SEC(".maps")

VNET_ARRAY(ctl, struct vnet_ctl, 1, BPF_F_MMAPABLE);
VNET_HASH(port_ids, __u32, __u32, VNET_PORTS);
VNET_ARRAY(near_ports, __u32, VNET_NEAR_PORTS, BPF_F_MMAPABLE);
VNET_ARRAY(ports, struct vnet_port, VNET_PORTS, BPF_F_MMAPABLE);
VNET_ARRAY(port_masks, struct vnet_port_masks, VNET_PORTS, BPF_F_MMAPABLE);
VNET_ARRAY(masks, struct vnet_masks, 1, BPF_F_MMAPABLE);
VNET_ARRAY(flow_entries, struct vnet_flow_entry, VNET_FLOWS, BPF_F_MMAPABLE);
VNET_ARRAY(flow_index, struct vnet_flow_index, 1, BPF_F_MMAPABLE);
VNET_ARRAY(flow_stats, struct vnet_flow_stats, VNET_FLOWS, BPF_F_MMAPABLE);
VNET_ARRAY(action_lists, struct vnet_action_list, VNET_LISTS, BPF_F_MMAPABLE);
VNET_PERCPU(port_stats, struct vnet_port_stats, VNET_PORTS);
VNET_PERCPU(drops, __u64, VNET_PORTS * VNET_REASONS);
VNET_PERCPU(ticks, struct vnet_tick, 1);
VNET_ARRAY(miss_buckets, struct vnet_bucket, VNET_PORTS, 0);
VNET_ARRAY(copy_buckets, struct vnet_bucket, VNET_PORTS, 0);
VNET_ARRAY(meters, struct vnet_meter, VNET_METERS, BPF_F_MMAPABLE);
VNET_ARRAY(counters, struct vnet_counter, VNET_COUNTERS, BPF_F_MMAPABLE);
VNET_PERCPU(counter_stats, struct vnet_counter_stats, VNET_COUNTERS);
VNET_ARRAY(port_books, struct vnet_port_books, VNET_PORTS, BPF_F_MMAPABLE);
VNET_ARRAY(key_out, struct vnet_key_out, 1, 0);

#endif
