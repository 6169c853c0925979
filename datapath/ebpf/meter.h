/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Meters and counters that actions name. */
#ifndef VNET_METER_H
#define VNET_METER_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "vnet_abi.h"
#include "maps.h"

/* Tries before the bucket is charged without comparing: another CPU got between each time. */
#define VNET_METER_TRIES 16

/* Whether a frame of so many bytes is within the rate; drawn at struct vnet_meter. */
__noinline int vnet_meter_passes(__u32 slot, __u64 bytes)
{
	struct vnet_meter *meter = bpf_map_lookup_elem(&meters, &slot);
	__u64 now, due, from, cost, rate, closed;
	int i;

	if (!meter)
		return 0;
	rate = *(const volatile __u64 *)&meter->rate;
	if (!rate)
		return 0;
	cost = bytes * 8 * VNET_TICKS_PER_SECOND / rate;
	now = bpf_ktime_get_ns() << VNET_TICK_SHIFT;
	if ((__s64)(now - *(const volatile __u64 *)&meter->opens_ticks) < 0)
		return 0;
	for (i = 0; i < VNET_METER_TRIES; i++) {
		due = *(const volatile __u64 *)&meter->due_ticks;
		from = (__s64)(due - now) > 0 ? due : now;
		if (from - now > meter->burst_ticks) {
			closed = meter->burst_ticks / 2;
			if (closed > VNET_METER_CLOSED_TICKS)
				closed = VNET_METER_CLOSED_TICKS;
			*(volatile __u64 *)&meter->opens_ticks = now + closed;
			return 0;
		}
		if (__sync_val_compare_and_swap(&meter->due_ticks, due, from + cost) == due)
			return 1;
	}
	__sync_fetch_and_add(&meter->due_ticks, cost);
	return 1;
}

static __always_inline void vnet_count(__u32 slot, __u32 frames, __u64 bytes)
{
	struct vnet_counter_stats *stats = bpf_map_lookup_elem(&counter_stats, &slot);

	if (!stats)
		return;
	stats->frames += frames;
	stats->bytes += bytes;
}

#endif
