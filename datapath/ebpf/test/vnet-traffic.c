// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Small frames at the kernel's own speed.
 *
 *   vnet-traffic <receiver namespace>[,...] <receiver device> <sender namespace> <sender device> <destination mac> <flows> <seconds>
 *
 * Sends 64-byte UDP frames out of the sender's veth by BPF_F_TEST_XDP_LIVE_FRAMES (no skb on the sending side; the other end
 * of the veth must have NAPI, that is GRO, on) and counts them where they arrive. Prints million frames per second.
 */
#define _GNU_SOURCE
#include "harness.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define LIVE_FRAMES 2	/* BPF_F_TEST_XDP_LIVE_FRAMES */
#define BURST 200000

static void enter(const char *name)
{
	char path[200];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		vnet_die(path);
	close(fd);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static uint64_t arrived(int fd)
{
	uint64_t values[libbpf_num_possible_cpus()], sum = 0;
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(fd, &zero, values))
		vnet_die("arrived");
	for (int i = 0; i < libbpf_num_possible_cpus(); i++)
		sum += values[i];
	return sum;
}

int main(int count, char **arguments)
{
	struct bpf_object *object = bpf_object__open_file("traffic.bpf.o", NULL);
	uint8_t frame[60] = { 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0x11, 8, 0, 0x45, 0, 0, 46, 0, 1, 0, 0, 64, 17, 0, 0, 10, 99, 0, 1, 10, 99, 0, 2,
			      0x10, 0, 0, 9, 0, 26 };
	struct { uint32_t ifindex, flows, next; } work = {};
	uint32_t zero = 0;
	unsigned int mac[6];
	double start, seconds;
	int counter, program;
	uint64_t before;
	cpu_set_t cpu;

	if (count != 8 || !object || bpf_object__load(object))
		vnet_die("usage: vnet-traffic <namespaces> <device> <namespace> <device> <mac> <flows> <seconds>");
	counter = bpf_map__fd(bpf_object__find_map_by_name(object, "arrived"));
	for (char *name = strtok(arguments[1], ","); name; name = strtok(NULL, ",")) {
		enter(name);
		vnet_attach(bpf_program__fd(bpf_object__find_program_by_name(object, "sink")), if_nametoindex(arguments[2]), 0);
	}
	enter(arguments[3]);
	work.ifindex = if_nametoindex(arguments[4]);
	work.flows = atoi(arguments[6]);
	bpf_map_update_elem(bpf_map__fd(bpf_object__find_map_by_name(object, "device")), &zero, &work, 0);
	program = bpf_program__fd(bpf_object__find_program_by_name(object, "generate"));
	sscanf(arguments[5], "%x:%x:%x:%x:%x:%x", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
	for (int i = 0; i < 6; i++)
		frame[i] = mac[i];
	seconds = atof(arguments[7]);
	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);

	before = arrived(counter);
	start = now();
	while (now() - start < seconds) {
		struct xdp_md context = { .data_end = sizeof(frame) };
		LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame), .ctx_in = &context,
			    .ctx_size_in = sizeof(context), .repeat = BURST, .flags = LIVE_FRAMES, .batch_size = 64);

		if (bpf_prog_test_run_opts(program, &opts))
			vnet_die("BPF_PROG_TEST_RUN with live frames");
	}
	seconds = now() - start;
	printf("%.3f\n", (arrived(counter) - before) / seconds / 1e6);
	return 0;
}
