// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Small frames with sequence numbers, counted where they arrive by a tc program, so that no socket can overflow.
 *
 *   vnet-traffic -s <namespace> -r <namespace>[,...] [options]      devices are eth0 in each
 *
 *   -d MAC       destination (02:00:00:00:00:02)      -f FLOWS   how many, in turn (1)        -m SHAPES  see traffic.h (1)
 *   -a ADDRESSES see traffic.h (1)
 *   -o FLOW      the first one (0)                    -t SECONDS at most (1)                  -n FRAMES  at most
 *   -w FRAMES    at most so many under way (32 or more): the sender waits for the receiver, so that no queue overflows
 *   -p RATE      frames a second, each sent on its own and stamped: delays are told; with -w in batches, to keep flows alive
 *   -c           looks at the order within each flow, of 65,536 at most: frames that overtook and frames that came twice are told
 *   -u PID,...   processes whose CPU time is told too
 *
 * Without -w and -p the kernel makes the frames (BPF_F_TEST_XDP_LIVE_FRAMES: no skb on the sending side; the other end of
 * the sender's veth must have NAPI, that is GRO, on); with them a packet socket does, past any queue discipline.
 * The result is one line of JSON; SIGTERM ends the sending before its time.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "traffic.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LIVE_FRAMES 2	/* BPF_F_TEST_XDP_LIVE_FRAMES */
#define BURST 100000
#define BATCH 32	/* frames of one sendmmsg */
#define RECEIVERS 16
#define PROCESSES 64
#define PACKET_QDISC_BYPASS_OPTION 20
#define PATIENCE 1.0	/* seconds without an arrival after which a window's frames count as lost */
#define LAST 0.1	/* and those of the whole run, at its end */

static const char *sender, *destination = "02:00:00:00:00:02";
static char *receiver_names, *process_names;
static double seconds = 1, rate;
static uint64_t most = UINT64_MAX, window;
static struct traffic_work work = { .flows = 1, .shapes = 1, .addresses = 1 };
static struct { int seen, delays; } receivers[RECEIVERS];
static volatile sig_atomic_t stopping;
static int receiver_count, generate, work_fd, processes[PROCESSES], process_count;
static uint8_t frame[TRAFFIC_SIZE] = { 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0x11, 0, 8, 0, 0x45, 0, 0, 46, 'V', 'N', 0, 0, 64, 17, 0, 0, 10, 99, 0, 1,
				       10, 99, 0, 2, 0, 0, 0, 0, 0, 26 };

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

static void stop(int number)
{
	(void)number;
	stopping = 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void nap(double length)
{
	struct timespec t = { .tv_nsec = length * 1e9 };

	nanosleep(&t, NULL);
}

static struct bpf_object *load(void)
{
	struct bpf_object *object = bpf_object__open_file("traffic.bpf.o", NULL);

	if (!object || bpf_object__load(object))
		vnet_die("traffic.bpf.o");
	return object;
}

static struct traffic_seen seen_by(int receiver)
{
	struct traffic_seen cpus[libbpf_num_possible_cpus()], sum = {};
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(receivers[receiver].seen, &zero, cpus))
		vnet_die("seen");
	for (int i = 0; i < libbpf_num_possible_cpus(); i++) {
		sum.frames += cpus[i].frames;
		sum.late += cpus[i].late;
		sum.behind += cpus[i].behind;
		sum.again += cpus[i].again;
	}
	return sum;
}

/* Of all receivers together. */
static uint64_t arrived(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < receiver_count; i++)
		sum += seen_by(i).frames;
	return sum;
}

static double own_cpu(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Of the processes of -u, all threads; in ticks of 10 ms. */
static double their_cpu(void)
{
	double sum = 0;

	for (int i = 0; i < process_count; i++) {
		unsigned long user = 0, kernel = 0;
		char path[64], text[1024] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", processes[i]);
		file = fopen(path, "r");
		if (file && fgets(text, sizeof(text), file) && strrchr(text, ')'))
			sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
		if (file)
			fclose(file);
		sum += user + kernel;
	}
	return sum / sysconf(_SC_CLK_TCK);
}

static void send_live(uint64_t count)
{
	struct xdp_md context = { .data_end = sizeof(frame) };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame), .ctx_in = &context,
		    .ctx_size_in = sizeof(context), .repeat = count, .flags = LIVE_FRAMES, .batch_size = 64);

	if (bpf_prog_test_run_opts(generate, &opts))
		vnet_die("BPF_PROG_TEST_RUN with live frames");
}

/* As fast as it goes. */
static uint64_t run_live(double end)
{
	uint64_t sent = 0;

	while (sent < most && now() < end && !stopping) {
		uint64_t count = BURST < most - sent ? BURST : most - sent;

		send_live(count);
		sent += count;
	}
	return sent;
}

static int packet_socket(struct sockaddr_ll *to)
{
	int one = 1, fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS_OPTION, &one, sizeof(one)))
		vnet_die("packet socket");
	to->sll_family = AF_PACKET;
	to->sll_ifindex = work.ifindex;
	to->sll_halen = 6;
	return fd;
}

static void fill(uint8_t *data, uint64_t sequence, uint64_t time)
{
	uint32_t flow = work.first + sequence % work.flows;

	memcpy(data, frame, sizeof(frame));
	data[TRAFFIC_SHAPE] = flow % work.shapes;
	if (work.addresses > 1)
		*(uint16_t *)&data[TRAFFIC_ADDRESS] = htons(FIRST_ADDRESS + flow % work.addresses);
	*(uint16_t *)&data[TRAFFIC_PORTS] = htons(flow);
	*(uint16_t *)&data[TRAFFIC_PORTS + 2] = htons(FIRST_PORT + (flow >> 16));
	memcpy(data + TRAFFIC_SEQUENCE, &sequence, sizeof(sequence));
	memcpy(data + TRAFFIC_TIME, &time, sizeof(time));
}

/* One frame at a time, each at its time. */
static uint64_t run_paced(double end)
{
	struct sockaddr_ll to = {};
	int fd = packet_socket(&to);
	double due = now();
	uint64_t sent = 0;

	prctl(PR_SET_TIMERSLACK, 1000);
	for (; sent < most && now() < end && !stopping; sent++, due += 1 / rate) {
		struct timespec at;
		double wait = due - now();

		if (wait > 1e-4)
			nap(wait - 6e-5);
		while (now() < due)
			;
		clock_gettime(CLOCK_MONOTONIC, &at);
		fill(frame, sent, at.tv_sec * 1000000000ULL + at.tv_nsec);
		sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to));
	}
	close(fd);
	return sent;
}

/* In batches, with at most a window of frames under way. */
static uint64_t run_window(double end)
{
	static uint8_t frames[BATCH][TRAFFIC_SIZE];
	struct sockaddr_ll to = {};
	struct iovec parts[BATCH];
	struct mmsghdr batch[BATCH] = {};
	int fd = packet_socket(&to);
	uint64_t sent = 0, gone = 0, base = arrived(), last = base;
	double patience = now() + PATIENCE, due = now();

	for (int i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){ .iov_base = frames[i], .iov_len = TRAFFIC_SIZE };
		batch[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	while (sent < most && now() < end && !stopping) {
		uint64_t there = arrived(), under_way = sent - (there - base) / receiver_count - gone;
		uint64_t count = BATCH < most - sent ? BATCH : most - sent;
		int taken;

		if (there != last) {
			last = there;
			patience = now() + PATIENCE;
		}
		if (under_way + count > window) {
			if (now() > patience)
				gone += under_way;	/* lost, so nothing to wait for */
			nap(2e-5);
			continue;
		}
		for (uint64_t i = 0; i < count; i++)
			fill(frames[i], sent + i, 0);
		taken = sendmmsg(fd, batch, count, 0);
		sent += taken > 0 ? taken : 0;
		due += rate ? count / rate : 0;
		if (rate && due > now())
			nap(due - now());
	}
	close(fd);
	return sent;
}

/* Waits until everything is there, or nothing has come for a while; returns when the last frame was seen to come. */
static double drain(uint64_t base, uint64_t sent)
{
	double last = now();
	uint64_t there = arrived();

	while (there - base < sent * receiver_count && now() - last < LAST) {
		uint64_t before = there;

		nap(2e-4);
		there = arrived();
		if (there != before)
			last = now();
	}
	return last;
}

static uint64_t lower_end(uint32_t bucket)
{
	return bucket < 16 ? bucket : (8ULL + bucket % 8) << (bucket / 8 - 1);
}

/* The delay in microseconds that this share of the frames did not exceed. */
static double delay(const uint64_t *counts, uint64_t total, double share)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < DELAY_BUCKETS; i++) {
		sum += counts[i];
		if (sum && sum >= share * total)
			return (lower_end(i) + lower_end(i + 1)) / 2e3;
	}
	return 0;
}

static void print_delays(void)
{
	static uint64_t counts[DELAY_BUCKETS];
	uint64_t cpus[libbpf_num_possible_cpus()], total = 0;

	for (uint32_t i = 0; i < DELAY_BUCKETS; i++) {
		if (bpf_map_lookup_elem(receivers[0].delays, &i, cpus))
			vnet_die("delays");
		for (int c = 0; c < libbpf_num_possible_cpus(); c++)
			counts[i] += cpus[c];
		total += counts[i];
	}
	printf(", \"delay_us\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"max\": %.1f}", delay(counts, total, 0.5), delay(counts, total, 0.9),
	       delay(counts, total, 0.99), delay(counts, total, 1));
}

static void read_options(int count, char **arguments)
{
	int option;

	while ((option = getopt(count, arguments, "s:r:d:a:f:m:o:t:n:w:p:u:c")) != -1) {
		switch (option) {
		case 's': sender = optarg; break;
		case 'r': receiver_names = optarg; break;
		case 'd': destination = optarg; break;
		case 'a': work.addresses = atoi(optarg); break;
		case 'f': work.flows = atoi(optarg); break;
		case 'm': work.shapes = atoi(optarg); break;
		case 'o': work.first = atoi(optarg); break;
		case 't': seconds = atof(optarg); break;
		case 'n': most = strtoull(optarg, NULL, 0); break;
		case 'w': window = strtoull(optarg, NULL, 0); break;
		case 'p': rate = atof(optarg); break;
		case 'c': work.ordered = 1; break;
		case 'u': process_names = optarg; break;
		default: exit(2);
		}
	}
	if (!sender || !receiver_names || !work.flows || (work.ordered && work.flows > ORDERED_FLOWS) || !work.shapes || !work.addresses) {
		fprintf(stderr, "usage: vnet-traffic -s NAMESPACE -r NAMESPACE[,...] [options], see vnet-traffic.c\n");
		exit(2);
	}
	work.shape = work.first % work.shapes;
	work.address = work.first % work.addresses;
	for (char *name = process_names ? strtok(process_names, ",") : NULL; name && process_count < PROCESSES; name = strtok(NULL, ","))
		processes[process_count++] = atoi(name);
}

static void prepare(void)
{
	struct bpf_object *object;
	unsigned int mac[6];
	uint32_t zero = 0;
	cpu_set_t cpu;

	work.id = getpid() & 0xffff;
	*(uint16_t *)&frame[TRAFFIC_ID] = work.id;
	for (char *name = strtok(receiver_names, ","); name && receiver_count < RECEIVERS; name = strtok(NULL, ",")) {
		object = load();
		receivers[receiver_count].seen = bpf_map__fd(bpf_object__find_map_by_name(object, "seen"));
		bpf_map_update_elem(bpf_map__fd(bpf_object__find_map_by_name(object, "work")), &zero, &work, 0);
		receivers[receiver_count++].delays = bpf_map__fd(bpf_object__find_map_by_name(object, "delays"));
		enter(name);
		vnet_attach(bpf_program__fd(bpf_object__find_program_by_name(object, "sink")), if_nametoindex("eth0"), 0);
	}
	enter(sender);
	object = load();
	work.ifindex = if_nametoindex("eth0");
	work_fd = bpf_map__fd(bpf_object__find_map_by_name(object, "work"));
	bpf_map_update_elem(work_fd, &zero, &work, 0);
	generate = bpf_program__fd(bpf_object__find_program_by_name(object, "generate"));
	sscanf(destination, "%x:%x:%x:%x:%x:%x", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
	for (int i = 0; i < 6; i++)
		frame[i] = mac[i];
	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	if (!window || !rate)
		sched_setaffinity(0, sizeof(cpu), &cpu);
}

int main(int count, char **arguments)
{
	double start, own, theirs, length;
	uint64_t base, sent, came;
	struct traffic_seen seen = {};

	read_options(count, arguments);
	signal(SIGTERM, stop);
	prepare();
	base = arrived();
	theirs = their_cpu();
	own = own_cpu();
	start = now();
	sent = window ? run_window(start + seconds) : rate ? run_paced(start + seconds) : run_live(start + seconds);
	length = drain(base, sent) - start;
	own = own_cpu() - own;
	theirs = their_cpu() - theirs;
	came = arrived() - base;
	for (int i = 0; i < receiver_count; i++) {
		struct traffic_seen one = seen_by(i);

		seen.late += one.late;
		seen.behind += one.behind;
		seen.again += one.again;
	}
	printf("{\"sent\": %llu, \"arrived\": %llu, \"lost\": %lld, \"late\": %llu, \"seconds\": %.6f, \"cpu\": %.6f, \"cpu_others\": %.2f",
	       (unsigned long long)sent, (unsigned long long)came, (long long)(sent * receiver_count - came), (unsigned long long)seen.late,
	       length, own, theirs);
	if (work.ordered)
		printf(", \"reordered\": %llu, \"duplicated\": %llu", (unsigned long long)seen.behind, (unsigned long long)seen.again);
	if (rate && !window)
		print_delays();
	printf("}\n");
	return 0;
}
