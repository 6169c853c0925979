/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A switch as a driver sees it: loads the object, maps the maps, installs flows in the order README.md demands.
 * For tests; it keeps its books in plain arrays and exits on any error.
 */
#ifndef VNET_HARNESS_H
#define VNET_HARNESS_H

#include <stddef.h>
#include <stdint.h>
#include "../vnet_abi.h"

struct vnet_switch {
	int ctl_fd, port_ids_fd, flow_stats_fd, port_stats_fd, drops_fd, key_out_fd;
	int ingress_fd, upcall_fd, key_fd;
	volatile struct vnet_ctl *ctl;
	volatile struct vnet_port *ports;
	volatile struct vnet_port_masks *port_masks;
	volatile struct vnet_mask *masks;
	volatile struct vnet_flow_entry *entries;
	volatile struct vnet_bucket_line *index;
	volatile uint8_t *marks;
	volatile uint32_t *near_ports;	/* eight bytes each */
	volatile struct vnet_action_list *lists;
	uint32_t flow_count;
	uint32_t next_slot, next_list, next_mask;
	uint8_t *elsewhere;	/* by bucket: flows whose first it is and that stand in their second */
	int cpus;
};

/* Opens and loads the object; with a folder of a bpf file system the maps and programs are pinned there. */
void vnet_load(struct vnet_switch *vnet, const char *object, uint32_t flow_count, const char *pins);
/* Opens what vnet_load pinned. Ids continue where the maps show them used. */
void vnet_adopt(struct vnet_switch *vnet, const char *pins);
/* BPF_LINK_CREATE with BPF_TCX_INGRESS or BPF_TCX_EGRESS; returns the link's descriptor. */
int vnet_attach(int program, uint32_t ifindex, int egress);
int vnet_pin(int fd, const char *path);

void vnet_set_port(struct vnet_switch *vnet, uint32_t id, uint32_t ifindex, uint32_t flags, uint64_t peer_mac);
uint32_t vnet_add_mask(struct vnet_switch *vnet, uint32_t port, const struct vnet_key *mask);
uint32_t vnet_add_list(struct vnet_switch *vnet, const struct vnet_action *actions, uint32_t count);
uint32_t vnet_hash(struct vnet_switch *vnet, const struct vnet_key *masked);
struct vnet_key vnet_masked(const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id);
/* Installs a flow and returns its slot. */
uint32_t vnet_add_flow(struct vnet_switch *vnet, const struct vnet_key *key, const struct vnet_key *mask, uint32_t mask_id,
		       uint32_t list);
/* Likewise in a slot of the caller's choice; -1 when both its buckets are full. */
int vnet_put_flow(struct vnet_switch *vnet, uint32_t slot, const struct vnet_key *masked, uint32_t generation, uint32_t list);
void vnet_replace_flow(struct vnet_switch *vnet, uint32_t slot, uint32_t list);
/* Has a flow match where no other does. */
void vnet_drain_flow(struct vnet_switch *vnet, uint32_t slot, uint32_t list);
/* Removes a flow, which a frame that found it already may still use. */
void vnet_take_flow(struct vnet_switch *vnet, uint32_t slot);
/* Likewise, and waits until no frame is using it any more. */
void vnet_remove_flow(struct vnet_switch *vnet, uint32_t slot);
/* The place in the index that leads to a slot. */
volatile __u64 *vnet_place_of(struct vnet_switch *vnet, uint32_t slot);
void vnet_quiesce(void);

struct vnet_port_stats vnet_get_port_stats(struct vnet_switch *vnet, uint32_t port);
struct vnet_flow_stats vnet_get_flow_stats(struct vnet_switch *vnet, uint32_t slot);
uint64_t vnet_get_drops(struct vnet_switch *vnet, uint32_t port, uint32_t reason);
uint64_t vnet_get_all_drops(struct vnet_switch *vnet, uint32_t port);

struct vnet_run_result {
	int verdict;		/* or -errno: the kernel refuses frames whose IP header is cut off (EINVAL) */
	uint32_t size;		/* of the frame afterwards */
	uint32_t nanos;		/* per run */
};
/* BPF_PROG_TEST_RUN; ifindex 1 (lo) stands for the ingress device unless another one is given. */
struct vnet_run_result vnet_run(int program, const void *frame, uint32_t size, void *out, uint32_t room, uint32_t ifindex,
				uint32_t repeat, uint32_t gso_size, uint32_t gso_segs);

void vnet_die(const char *what);

#endif
