// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "harness.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TCX_INGRESS 46 /* BPF_TCX_INGRESS; headers before 6.6 do not have it */
#define TCX_EGRESS 47

void vnet_die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void *map_memory(int fd, size_t value_size, uint32_t entries)
{
	size_t page = sysconf(_SC_PAGESIZE), stride = (value_size + 7) & ~7UL;
	void *at = mmap(NULL, (stride * entries + page - 1) & ~(page - 1), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		vnet_die("mmap of a map");
	return at;
}

static uint32_t entries_of(int fd)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		vnet_die("BPF_OBJ_GET_INFO_BY_FD");
	return info.max_entries;
}

/* Where a map or program comes from: the loaded object, or a pin. */
static int find(struct bpf_object *object, const char *pins, const char *name, int program)
{
	char path[512];
	int fd = -1;

	if (object && program)
		fd = bpf_program__fd(bpf_object__find_program_by_name(object, name));
	else if (object)
		fd = bpf_map__fd(bpf_object__find_map_by_name(object, name));
	if (object && pins) {
		snprintf(path, sizeof(path), "%s/%s", pins, name);
		if (vnet_pin(fd, path))
			vnet_die(path);
	}
	if (!object) {
		snprintf(path, sizeof(path), "%s/%s", pins, name);
		fd = bpf_obj_get(path);
	}
	if (fd < 0)
		vnet_die(name);
	return fd;
}

static void take(struct vnet_switch *vnet, struct bpf_object *object, const char *pins)
{
	int fd;

	vnet->cpus = libbpf_num_possible_cpus();
	vnet->ingress_fd = find(object, pins, "vnet_ingress", 1);
	vnet->upcall_fd = find(object, pins, "vnet_upcall", 1);
	vnet->key_fd = find(object, pins, "vnet_key", 1);
	vnet->port_ids_fd = find(object, pins, "port_ids", 0);
	vnet->flows_fd = find(object, pins, "flows", 0);
	vnet->flow_stats_fd = find(object, pins, "flow_stats", 0);
	vnet->port_stats_fd = find(object, pins, "port_stats", 0);
	vnet->drops_fd = find(object, pins, "drops", 0);
	vnet->key_out_fd = find(object, pins, "key_out", 0);
	vnet->ctl_fd = find(object, pins, "ctl", 0);
	vnet->ctl = map_memory(vnet->ctl_fd, sizeof(struct vnet_ctl), 1);
	vnet->ports = map_memory(find(object, pins, "ports", 0), sizeof(struct vnet_port), VNET_PORTS);
	vnet->port_masks = map_memory(find(object, pins, "port_masks", 0), sizeof(struct vnet_port_masks), VNET_PORTS);
	vnet->masks = map_memory(find(object, pins, "masks", 0), sizeof(struct vnet_key), VNET_MASKS);
	fd = find(object, pins, "flow_slots", 0);
	vnet->flow_count = entries_of(fd);
	vnet->slots = map_memory(fd, sizeof(uint64_t), vnet->flow_count);
	vnet->near_ports = map_memory(find(object, pins, "near_ports", 0), sizeof(uint32_t), VNET_NEAR_PORTS);
	vnet->fast_lines = map_memory(find(object, pins, "fast_lines", 0), sizeof(struct vnet_fast_line), VNET_FAST_LINES);
	vnet->fast_keys = map_memory(find(object, pins, "fast_keys", 0), sizeof(struct vnet_fast_key), vnet->flow_count);
	fd = find(object, pins, "flow_filter", 0);
	vnet->filter_words = entries_of(fd);
	vnet->filter = map_memory(fd, sizeof(uint64_t), vnet->filter_words);
	vnet->filter_counts = calloc(vnet->filter_words * 64UL, sizeof(uint16_t));
	vnet->lists = map_memory(find(object, pins, "action_lists", 0), sizeof(struct vnet_action_list), VNET_LISTS);
}

void vnet_load(struct vnet_switch *vnet, const char *path, uint32_t flow_count, const char *pins)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);

	if (!object)
		vnet_die(path);
	memset(vnet, 0, sizeof(*vnet));
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "flows"), flow_count);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "flow_slots"), flow_count);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "fast_keys"), flow_count);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "flow_stats"), flow_count * libbpf_num_possible_cpus());
	if (bpf_object__load(object))
		vnet_die("load");
	take(vnet, object, pins);
	vnet->ctl->abi_version = VNET_ABI_VERSION;
	vnet->ctl->filter_shift = VNET_FILTER_SHIFT;
	vnet->ctl->flow_count = flow_count;
}

void vnet_adopt(struct vnet_switch *vnet, const char *pins)
{
	memset(vnet, 0, sizeof(*vnet));
	take(vnet, NULL, pins);
	if (vnet->ctl->abi_version != VNET_ABI_VERSION) {
		fprintf(stderr, "abi version: %u (expected: %u)\n", vnet->ctl->abi_version, VNET_ABI_VERSION);
		exit(1);
	}
	while (vnet->next_mask < VNET_MASKS && vnet->masks[vnet->next_mask].w[0])
		vnet->next_mask++;
	while (vnet->next_list < VNET_LISTS && vnet->lists[vnet->next_list].count)
		vnet->next_list++;
	while (vnet->next_slot < vnet->flow_count && vnet->slots[vnet->next_slot])
		vnet->next_slot++;
}

int vnet_pin(int fd, const char *path)
{
	return bpf_obj_pin(fd, path);
}

int vnet_attach(int program, uint32_t ifindex, int egress)
{
	/* union bpf_attr of BPF_LINK_CREATE, as far as tcx needs it: 64 zeroed bytes are enough for every kernel. */
	struct {
		uint32_t prog_fd;
		uint32_t target_ifindex;
		uint32_t attach_type;
		uint32_t flags;
		uint32_t relative_fd;
		uint32_t pad;
		uint64_t expected_revision;
		uint8_t rest[32];
	} attr = {
		.prog_fd = program,
		.target_ifindex = ifindex,
		.attach_type = egress ? TCX_EGRESS : TCX_INGRESS,
	};
	int fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		vnet_die("BPF_LINK_CREATE (tcx)");
	return fd;
}

void vnet_set_port(struct vnet_switch *vnet, uint32_t id, uint32_t ifindex, uint32_t flags, uint64_t peer_mac)
{
	vnet->ports[id].peer_mac = peer_mac;
	vnet->ports[id].ifindex = ifindex;
	__atomic_store_n(&vnet->ports[id].flags, flags, __ATOMIC_RELEASE);
	if (ifindex && bpf_map_update_elem(vnet->port_ids_fd, &ifindex, &id, BPF_ANY))
		vnet_die("port_ids");
	if (ifindex && ifindex < VNET_NEAR_PORTS)
		vnet->near_ports[2 * ifindex] = id;
}

uint32_t vnet_add_mask(struct vnet_switch *vnet, uint32_t port, const struct vnet_key *mask)
{
	uint32_t id = vnet->next_mask++, count = vnet->port_masks[port].count;

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		vnet->masks[id].w[i] = mask->w[i] | (i == 4 ? id : 0);
	vnet->port_masks[port].mask_id[count] = id;
	__atomic_store_n(&vnet->port_masks[port].count, count + 1, __ATOMIC_RELEASE);
	return id;
}

uint32_t vnet_add_list(struct vnet_switch *vnet, const struct vnet_action *actions, uint32_t count)
{
	uint32_t id = vnet->next_list++;

	memcpy((void *)vnet->lists[id].actions, actions, count * sizeof(*actions));
	__atomic_store_n(&vnet->lists[id].count, count, __ATOMIC_RELEASE);
	return id;
}

uint32_t vnet_hash(const struct vnet_key *masked)
{
	static const uint64_t factor[VNET_KEY_WORDS] = {
		VNET_HASH_0, VNET_HASH_1, VNET_HASH_2, VNET_HASH_3, VNET_HASH_4, VNET_HASH_5,
		VNET_HASH_6, VNET_HASH_7, VNET_HASH_8, VNET_HASH_9, VNET_HASH_10,
	};
	uint64_t sum = 0;

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		sum += masked->w[i] * factor[i];
	return sum >> 32;
}

struct vnet_key vnet_masked(const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id)
{
	struct vnet_key masked;

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		masked.w[i] = key->w[i] & mask->w[i];
	masked.w[4] |= mask_id;
	return masked;
}

/* Has a flow found the fast way, if its line has room. */
static void quicken(struct vnet_switch *vnet, const struct vnet_key *masked, uint32_t hash, const struct vnet_flow *flow)
{
	volatile __u64 *entries = vnet->fast_lines[hash >> 16].entries;

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		vnet->fast_keys[flow->slot].w[i] = masked->w[i];
	vnet->fast_keys[flow->slot].generation = flow->generation;
	for (int i = 0; i < VNET_FAST_ENTRIES; i++)
		if (!entries[i]) {
			__atomic_store_n(&entries[i], (uint64_t)hash << 32 | (flow->slot + 1), __ATOMIC_RELEASE);
			return;
		}
}

static void slow(struct vnet_switch *vnet, uint32_t hash, uint32_t slot)
{
	volatile __u64 *entries = vnet->fast_lines[hash >> 16].entries;

	for (int i = 0; i < VNET_FAST_ENTRIES; i++)
		if ((uint32_t)entries[i] == slot + 1)
			__atomic_store_n(&entries[i], 0, __ATOMIC_RELEASE);
}

uint32_t vnet_add_flow(struct vnet_switch *vnet, const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id,
		       uint32_t list)
{
	struct vnet_key masked = vnet_masked(key, mask, mask_id);
	uint32_t hash = vnet_hash(&masked), bit = hash >> vnet->ctl->filter_shift;
	struct vnet_flow flow = { .slot = vnet->next_slot++, .generation = 1 };

	__atomic_store_n(&vnet->slots[flow.slot], (uint64_t)hash << 32 | list, __ATOMIC_RELEASE);
	if (bit / 64 < vnet->filter_words && vnet->filter_counts[bit]++ == 0)
		vnet->filter[bit / 64] |= 1ULL << (bit & 63);
	if (bpf_map_update_elem(vnet->flows_fd, &masked, &flow, BPF_NOEXIST))
		vnet_die("flows");
	quicken(vnet, &masked, hash, &flow);
	return flow.slot;
}

void vnet_replace_flow(struct vnet_switch *vnet, uint32_t slot, uint32_t list)
{
	uint64_t now = vnet->slots[slot];

	__atomic_store_n(&vnet->slots[slot], (now & ~0xffffffffULL) | list, __ATOMIC_RELEASE);
}

uint32_t vnet_drain_flow(struct vnet_switch *vnet, const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id,
			 uint32_t list)
{
	struct vnet_key regular = vnet_masked(key, mask, mask_id), draining;
	volatile struct vnet_port_masks *own = &vnet->port_masks[key->w[0] >> VNET_W0_PORT_SHIFT];
	uint32_t id = vnet->next_mask++;
	struct vnet_flow flow;

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		vnet->masks[id].w[i] = vnet->masks[mask_id].w[i];
	draining = vnet_masked(key, mask, id);
	own->drain_mask_id[own->drain_count] = id;
	__atomic_store_n(&own->drain_count, own->drain_count + 1, __ATOMIC_RELEASE);
	if (bpf_map_lookup_elem(vnet->flows_fd, &regular, &flow))
		vnet_die("flows: no such flow");
	slow(vnet, vnet->slots[flow.slot] >> 32, flow.slot);
	if (bpf_map_update_elem(vnet->flows_fd, &draining, &flow, BPF_NOEXIST))
		vnet_die("flows: cannot be drained");
	vnet_replace_flow(vnet, flow.slot, list);
	if (bpf_map_delete_elem(vnet->flows_fd, &regular))
		vnet_die("flows: no such flow");
	return id;
}

void vnet_remove_flow(struct vnet_switch *vnet, const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id)
{
	struct vnet_key masked = vnet_masked(key, mask, mask_id), hashed = vnet_masked(key, mask, (uint32_t)vnet->masks[mask_id].w[4]);
	uint32_t bit = vnet_hash(&hashed) >> vnet->ctl->filter_shift;
	struct vnet_flow flow;

	if (bpf_map_lookup_elem(vnet->flows_fd, &masked, &flow))
		vnet_die("flows: no such flow");
	slow(vnet, vnet_hash(&hashed), flow.slot);
	if (bpf_map_delete_elem(vnet->flows_fd, &masked))
		vnet_die("flows: no such flow");
	if (bit / 64 < vnet->filter_words && --vnet->filter_counts[bit] == 0)
		vnet->filter[bit / 64] &= ~(1ULL << (bit & 63));
	vnet_quiesce();
	vnet->slots[flow.slot] = 0;
}

void vnet_quiesce(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		vnet_die("membarrier");
}

/* Sums the u64 words of a per-CPU value. */
static void sum_words(int fd, uint32_t key, uint64_t *sum, int words, int cpus)
{
	uint64_t values[words * cpus];

	memset(sum, 0, words * sizeof(*sum));
	if (bpf_map_lookup_elem(fd, &key, values))
		vnet_die("per-CPU lookup");
	for (int i = 0; i < words * cpus; i++)
		sum[i % words] += values[i];
}

struct vnet_port_stats vnet_get_port_stats(struct vnet_switch *vnet, uint32_t port)
{
	struct vnet_port_stats stats;

	sum_words(vnet->port_stats_fd, port, (uint64_t *)&stats, sizeof(stats) / 8, vnet->cpus);
	return stats;
}

struct vnet_flow_stats vnet_get_flow_stats(struct vnet_switch *vnet, uint32_t slot)
{
	struct vnet_flow_stats value, sum = {};

	for (uint32_t cpu = 0; cpu < (uint32_t)vnet->cpus; cpu++) {
		uint32_t at = cpu * vnet->flow_count + slot;

		if (bpf_map_lookup_elem(vnet->flow_stats_fd, &at, &value))
			vnet_die("flow_stats");
		sum.frames += value.frames;
		sum.bytes += value.bytes;
		if (value.last_seen_ns > sum.last_seen_ns)
			sum.last_seen_ns = value.last_seen_ns;
	}
	return sum;
}

uint64_t vnet_get_drops(struct vnet_switch *vnet, uint32_t port, uint32_t reason)
{
	uint64_t count;

	sum_words(vnet->drops_fd, port * VNET_REASONS + reason, &count, 1, vnet->cpus);
	return count;
}

uint64_t vnet_get_all_drops(struct vnet_switch *vnet, uint32_t port)
{
	uint64_t count = 0;

	for (uint32_t reason = 0; reason < VNET_REASONS; reason++)
		count += vnet_get_drops(vnet, port, reason);
	return count;
}

struct vnet_run_result vnet_run(int program, const void *frame, uint32_t size, void *out, uint32_t room, uint32_t ifindex,
				uint32_t repeat, uint32_t gso_size, uint32_t gso_segs)
{
	struct __sk_buff context = { .ifindex = ifindex, .gso_size = gso_size, .gso_segs = gso_segs };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = size, .data_out = out, .data_size_out = room,
		    .ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = repeat);

	if (bpf_prog_test_run_opts(program, &opts))
		return (struct vnet_run_result){ .verdict = -errno };
	return (struct vnet_run_result){ opts.retval, opts.data_size_out, opts.duration };
}
