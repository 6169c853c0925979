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
#include <sys/random.h>
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
	vnet->flow_stats_fd = find(object, pins, "flow_stats", 0);
	vnet->port_stats_fd = find(object, pins, "port_stats", 0);
	vnet->drops_fd = find(object, pins, "drops", 0);
	vnet->key_out_fd = find(object, pins, "key_out", 0);
	vnet->ctl_fd = find(object, pins, "ctl", 0);
	vnet->ctl = map_memory(vnet->ctl_fd, sizeof(struct vnet_ctl), 1);
	vnet->ports = map_memory(find(object, pins, "ports", 0), sizeof(struct vnet_port), VNET_PORTS);
	vnet->port_masks = map_memory(find(object, pins, "port_masks", 0), sizeof(struct vnet_port_masks), VNET_PORTS);
	vnet->masks = map_memory(find(object, pins, "masks", 0), sizeof(struct vnet_masks), 1);
	fd = find(object, pins, "flow_entries", 0);
	vnet->flow_count = entries_of(fd);
	vnet->entries = map_memory(fd, sizeof(struct vnet_flow_entry), vnet->flow_count);
	vnet->marks = map_memory(find(object, pins, "flow_index", 0), sizeof(struct vnet_flow_index), 1);
	vnet->index = ((volatile struct vnet_flow_index *)vnet->marks)->lines;
	vnet->elsewhere = calloc(VNET_BUCKETS, 1);
	vnet->near_ports = map_memory(find(object, pins, "near_ports", 0), sizeof(uint32_t), VNET_NEAR_PORTS);
	vnet->lists = map_memory(find(object, pins, "action_lists", 0), sizeof(struct vnet_action_list), VNET_LISTS);
}

void vnet_load(struct vnet_switch *vnet, const char *path, uint32_t flow_count, const char *pins)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);

	if (!object)
		vnet_die(path);
	memset(vnet, 0, sizeof(*vnet));
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "flow_entries"), flow_count);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "flow_stats"), flow_count * libbpf_num_possible_cpus());
	if (bpf_object__load(object))
		vnet_die("load");
	take(vnet, object, pins);
	vnet->ctl->abi_version = VNET_ABI_VERSION;
	vnet->ctl->flow_count = flow_count;
	for (int i = 0; i < VNET_KEY_WORDS; i++) {
		uint64_t factor;

		if (getrandom(&factor, sizeof(factor), 0) != sizeof(factor))
			vnet_die("getrandom");
		vnet->ctl->factors[i] = factor | 1;
	}
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
	while (vnet->next_slot < vnet->flow_count && vnet->entries[vnet->next_slot].word)
		vnet->next_slot++;
	for (uint32_t i = 0; i < VNET_BUCKETS; i++)
		for (int place = 0; place < VNET_BUCKET_PLACES; place++) {
			uint32_t first = VNET_PLACE_HASH(vnet->index[i].places[place]) >> (32 - VNET_BUCKET_BITS);

			if (vnet->index[i].places[place] && first != i)
				vnet->elsewhere[first]++;
		}
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
	uint32_t id = vnet->next_mask++, count = vnet->port_masks[port].counts[0];

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		vnet->masks[id].w[i] = mask->w[i];
	vnet->masks[id].groups = mask->w[5] | mask->w[6] | mask->w[7] | mask->w[8] ? VNET_GROUP_L3 : 0;
	vnet->port_masks[port].mask_id[0][count] = id;
	__atomic_store_n(&vnet->port_masks[port].counts[0], count + 1, __ATOMIC_RELEASE);
	return id;
}

uint32_t vnet_add_list(struct vnet_switch *vnet, const struct vnet_action *actions, uint32_t count)
{
	uint32_t id = vnet->next_list++;

	memcpy((void *)vnet->lists[id].actions, actions, count * sizeof(*actions));
	__atomic_store_n(&vnet->lists[id].count, count, __ATOMIC_RELEASE);
	return id;
}

uint32_t vnet_hash(struct vnet_switch *vnet, const struct vnet_key *masked)
{
	uint64_t sum = 0;

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		sum += masked->w[i] * vnet->ctl->factors[i];
	return (sum ^ sum >> 32) * VNET_HASH_MIX >> 32;
}

struct vnet_key vnet_masked(const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id)
{
	struct vnet_key masked;

	for (int i = 0; i < VNET_KEY_WORDS; i++)
		masked.w[i] = key->w[i] & mask->w[i];
	masked.w[4] |= mask_id;
	return masked;
}

static volatile struct vnet_bucket_line *bucket_of(struct vnet_switch *vnet, uint32_t hash, int second)
{
	uint32_t first = hash >> (32 - VNET_BUCKET_BITS), other = hash & (VNET_BUCKETS - 1);

	return &vnet->index[!second ? first : other == first ? other ^ 1 : other];
}

/* Key and mask of an entry; a masked key has the mask's id in the low half of word 4. */
static void fill_entry(volatile struct vnet_flow_entry *entry, const struct vnet_key *masked)
{
	entry->mask = masked->w[4];
	entry->wide = 0;
	for (int i = 0; i < VNET_NEAR_WORDS; i++)
		entry->near[i] = masked->w[VNET_NEAR_WORD(i)];
	for (int i = 0; i < VNET_FAR_WORDS; i++) {
		entry->far[i] = masked->w[VNET_FAR_WORD(i)] & (i ? ~0ULL : ~0xffffffffULL);
		entry->wide |= entry->far[i] != 0;
	}
}

int vnet_put_flow(struct vnet_switch *vnet, uint32_t slot, const struct vnet_key *masked, uint32_t generation, uint32_t list)
{
	volatile struct vnet_flow_entry *entry = &vnet->entries[slot];
	uint32_t hash = vnet_hash(vnet, masked);
	volatile uint8_t *mark;

	for (int second = 0; second < 2; second++) {
		volatile struct vnet_bucket_line *line = bucket_of(vnet, hash, second);

		for (int i = 0; i < VNET_BUCKET_PLACES; i++) {
			if (line->places[i])
				continue;
			fill_entry(entry, masked);
			entry->generation = generation;
			__atomic_store_n(&entry->word, (uint64_t)hash << 32 | list, __ATOMIC_RELEASE);
			if (second)
				vnet->elsewhere[hash >> (32 - VNET_BUCKET_BITS)]++;
			__atomic_store_n(&line->places[i], (uint64_t)hash << 32 | (slot + 1), __ATOMIC_RELEASE);
			mark = &vnet->marks[hash >> (32 - VNET_BUCKET_BITS)];
			__atomic_store_n(mark, *mark | VNET_MARK(hash), __ATOMIC_RELEASE);
			return 0;
		}
	}
	return -1;
}

uint32_t vnet_add_flow(struct vnet_switch *vnet, const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id,
		       uint32_t list)
{
	struct vnet_key masked = vnet_masked(key, mask, mask_id);
	uint32_t slot = vnet->next_slot++;

	if (slot >= vnet->flow_count || vnet_put_flow(vnet, slot, &masked, 1, list)) {
		fprintf(stderr, "flow %u: no room\n", slot);
		exit(1);
	}
	return slot;
}

void vnet_replace_flow(struct vnet_switch *vnet, uint32_t slot, uint32_t list)
{
	uint64_t now = vnet->entries[slot].word;

	__atomic_store_n(&vnet->entries[slot].word, (now & ~0xffffffffULL) | list, __ATOMIC_RELEASE);
}

static volatile __u64 *find_place(struct vnet_switch *vnet, uint32_t slot, int *second)
{
	uint32_t hash = vnet->entries[slot].word >> 32;

	for (*second = 0; *second < 2; ++*second) {
		volatile struct vnet_bucket_line *line = bucket_of(vnet, hash, *second);

		for (int i = 0; i < VNET_BUCKET_PLACES; i++)
			if (line->places[i] && VNET_PLACE_SLOT(line->places[i]) == slot)
				return &line->places[i];
	}
	fprintf(stderr, "flow %u: not in the index\n", slot);
	exit(1);
}

volatile __u64 *vnet_place_of(struct vnet_switch *vnet, uint32_t slot)
{
	int second;

	return find_place(vnet, slot, &second);
}

void vnet_drain_flow(struct vnet_switch *vnet, uint32_t slot, uint32_t list)
{
	const volatile struct vnet_flow_entry *entry = &vnet->entries[slot];
	volatile struct vnet_port_masks *own = &vnet->port_masks[entry->near[0] >> VNET_W0_PORT_SHIFT];
	volatile __u64 *place = vnet_place_of(vnet, slot);

	own->mask_id[1][own->counts[1]] = entry->mask;
	__atomic_store_n(&own->counts[1], own->counts[1] + 1, __ATOMIC_RELEASE);
	__atomic_store_n(place, *place | VNET_PLACE_DRAINS, __ATOMIC_RELEASE);
	vnet_replace_flow(vnet, slot, list);
}

void vnet_take_flow(struct vnet_switch *vnet, uint32_t slot)
{
	int second;
	uint32_t hash = vnet->entries[slot].word >> 32;
	uint8_t *elsewhere = &vnet->elsewhere[hash >> (32 - VNET_BUCKET_BITS)];
	volatile __u64 *place = find_place(vnet, slot, &second);
	volatile struct vnet_bucket_line *line = bucket_of(vnet, hash, 0);
	uint8_t marks = 0;

	__atomic_store_n(place, 0, __ATOMIC_RELEASE);
	*elsewhere -= second;
	if (*elsewhere)
		return;
	for (int i = 0; i < VNET_BUCKET_PLACES; i++)
		if (line->places[i] && bucket_of(vnet, VNET_PLACE_HASH(line->places[i]), 0) == line)
			marks |= VNET_MARK(VNET_PLACE_HASH(line->places[i]));
	__atomic_store_n(&vnet->marks[hash >> (32 - VNET_BUCKET_BITS)], marks, __ATOMIC_RELEASE);
}

void vnet_remove_flow(struct vnet_switch *vnet, uint32_t slot)
{
	vnet_take_flow(vnet, slot);
	vnet_quiesce();
	vnet->entries[slot].word = 0;
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
