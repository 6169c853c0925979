// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Tests of the program without traffic: every frame goes through BPF_PROG_TEST_RUN in a network namespace of our own.
 *
 *   vnet-test            all tests
 *   vnet-test keys       reads frames in hexadecimal, one a line, writes their keys (for reference.py)
 *   vnet-test live       the same over a veth, where the kernel takes the outermost tag out of the bytes
 *   vnet-test bench      nanoseconds per frame by masks and outputs
 */
#define _GNU_SOURCE
#include "harness.h"

#include <bpf/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT 7		/* ingress port of every test: lo, interface 1 of the namespace */
#define SHOT 2
#define REDIRECT 7
#define LO 1

static struct vnet_switch vnet;
static int failures, checks;

#define CHECK(condition, ...)						\
	do {								\
		checks++;						\
		if (!(condition)) {					\
			failures++;					\
			printf("  %s:%d: %s: ", __func__, __LINE__, #condition); \
			printf(__VA_ARGS__);				\
			printf("\n");					\
		}							\
	} while (0)
#define CHECK_EQUAL(is, expected)					\
	CHECK((uint64_t)(is) == (uint64_t)(expected), "%llu (expected: %llu)", \
	      (unsigned long long)(is), (unsigned long long)(expected))

static uint32_t from_hex(const char *text, uint8_t *out, uint32_t room)
{
	uint32_t size = 0;
	unsigned int byte;

	while (size < room && sscanf(text, "%2x", &byte) == 1) {
		out[size++] = byte;
		text += 2;
	}
	return size;
}

static int wire = -1;	/* packet socket on `there`; what it sends arrives at `here`, where vnet_key sits */

static struct vnet_key_out key_out(void)
{
	uint32_t zero = 0;
	struct vnet_key_out out;

	if (bpf_map_lookup_elem(vnet.key_out_fd, &zero, &out))
		vnet_die("key_out");
	return out;
}

/* The key of a frame that really arrives at a device; status -1 if the kernel dropped it on the way. */
static struct vnet_key_out live_key_of(const uint8_t *frame, uint32_t size)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex("there"), .sll_halen = 6 };
	uint64_t runs = key_out().runs;
	struct vnet_key_out out;

	if (wire < 0) {
		wire = socket(AF_PACKET, SOCK_RAW, 0);
		vnet_attach(vnet.key_fd, if_nametoindex("here"), 0);
	}
	if (sendto(wire, frame, size, 0, (struct sockaddr *)&to, sizeof(to)) != size)
		vnet_die("sendto");
	for (int i = 0; i < 50; i++) {
		out = key_out();
		if (out.runs != runs)
			return out;
		if (i)
			usleep(100);
	}
	out.status = -1;
	return out;
}

static struct vnet_key_out key_of(const uint8_t *frame, uint32_t size)
{
	static uint8_t after[65536];

	if (vnet_run(vnet.key_fd, frame, size, after, sizeof(after), LO, 1, 0, 0).verdict >= 0)
		return key_out();
	return live_key_of(frame, size);
}

/* Frames of the tests. */
static uint8_t tcp4[128], vlan4[128], qinq4[128], udp6[128];
static uint32_t tcp4_size, vlan4_size, qinq4_size, udp6_size;

static const char tcp4_hex[] = "02aabbccdd0102aabbccdd020800"
	"450000280001400040060000" "0a000001" "0a000002" "9c4001bb0000000100000002501803e800000000" "000000000000";

static void make_frames(void)
{
	char text[300];

	tcp4_size = from_hex(tcp4_hex, tcp4, sizeof(tcp4));
	snprintf(text, sizeof(text), "%.24s8100a064%s", tcp4_hex, tcp4_hex + 24);
	vlan4_size = from_hex(text, vlan4, sizeof(vlan4));
	snprintf(text, sizeof(text), "%.24s88a800c88100a064%s", tcp4_hex, tcp4_hex + 24);
	qinq4_size = from_hex(text, qinq4, sizeof(qinq4));
	udp6_size = from_hex("02aabbccdd0102aabbccdd0286dd" "6bafffff00081140" "20010db8000000000000000000000001"
			     "20010db8000000000000000000000002" "14e9003500080000", udp6, sizeof(udp6));
}

static struct vnet_key exact(void)
{
	struct vnet_key mask;

	memset(&mask, 0xff, sizeof(mask));
	mask.w[4] = 0xffffffff00000000ULL;
	return mask;
}

/* Forgets masks, flows and ports; counters go on, so tests compare differences. */
static void reset(void)
{
	memset((void *)vnet.marks, 0, sizeof(struct vnet_flow_index));
	memset(vnet.elsewhere, 0, VNET_BUCKETS);
	for (uint32_t id = 1; id < 32; id++)
		vnet_set_port(&vnet, id, 0, 0, 0), vnet.ports[id].mtu = 0, vnet.ports[id].miss_rate = 0;
	vnet.port_masks[PORT].counts[0] = vnet.port_masks[PORT].counts[1] = 0;
	vnet.next_mask = vnet.next_list = vnet.next_slot = 0;
	vnet.ctl->tap_ifindex = 0;
	vnet_set_port(&vnet, PORT, if_nametoindex("here"), VNET_PORT_UP, 0);
	vnet_set_port(&vnet, PORT, LO, VNET_PORT_UP, 0);
	for (uint32_t id = 1; id <= 5; id++)
		vnet.ports[id].ifindex = if_nametoindex("there"), vnet.ports[id].flags = VNET_PORT_UP;
}

static uint32_t install(const uint8_t *frame, uint32_t size, const struct vnet_action *actions, uint32_t count)
{
	struct vnet_key mask = exact();
	struct vnet_key_out out = key_of(frame, size);

	return vnet_add_flow(&vnet, &out.key, &mask, vnet_add_mask(&vnet, PORT, &mask), vnet_add_list(&vnet, actions, count));
}

static uint8_t after[65536];
static struct vnet_run_result last;

/* Installs the actions for the frame, runs it, leaves the frame in `after`. */
static void through(const uint8_t *frame, uint32_t size, const struct vnet_action *actions, uint32_t count)
{
	reset();
	install(frame, size, actions, count);
	last = vnet_run(vnet.ingress_fd, frame, size, after, sizeof(after), LO, 1, 0, 0);
}
#define THROUGH(frame, ...)						\
	do {								\
		struct vnet_action list[] = { __VA_ARGS__ };		\
		through(frame, frame##_size, list, sizeof(list) / sizeof(list[0])); \
	} while (0)

static struct vnet_action output(uint32_t port)
{
	return (struct vnet_action){ .type = VNET_ACTION_OUTPUT, .a32 = port };
}

static struct vnet_action act(uint16_t type, uint16_t a16, uint32_t a32, uint64_t a64)
{
	return (struct vnet_action){ type, a16, a32, a64 };
}

static struct vnet_port_stats sent(uint32_t port)
{
	return vnet_get_port_stats(&vnet, port);
}

static uint64_t dropped(uint32_t reason)
{
	return vnet_get_drops(&vnet, PORT, reason);
}

static void parsesEveryFixture(void)
{
	FILE *file = fopen("fixtures/keys.txt", "r");
	char line[8192];
	int count = 0;

	if (!file)
		vnet_die("fixtures/keys.txt");
	reset();
	while (fgets(line, sizeof(line), file)) {
		uint8_t frame[2048];
		char *name = line, *hex, *words, *next;
		struct vnet_key_out out;
		uint32_t size;

		if (*line == '#')
			continue;
		hex = strstr(line, " | ");
		words = strstr(hex + 3, " | ");
		*hex = *words = 0;
		size = from_hex(hex + 3, frame, sizeof(frame));
		for (int live = 0; live < 2; live++) {
			out = live ? live_key_of(frame, size) : key_of(frame, size);
			if (live && (int)out.status == -1 && strstr(name, "tag"))
				continue;	/* the kernel itself drops a tag with less than 6 bytes behind its TPID */
			CHECK(out.status == 0, "%s: status %d", name, (int)out.status);
			next = words + 3;
			for (int i = 0; i < VNET_KEY_WORDS; i++) {
				uint64_t expected = strtoull(next, &next, 16);

				CHECK(out.key.w[i] == expected, "%s: w%d %016llx (expected: %016llx)", name, i,
				      (unsigned long long)out.key.w[i], (unsigned long long)expected);
			}
			count++;
		}
	}
	fclose(file);
	CHECK(count > 170, "%d fixtures", count);
}

static void sendsMissesUpOrDropsThem(void)
{
	uint64_t before = dropped(VNET_DROP_NO_UPCALL), misses;

	reset();
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, SHOT);
	CHECK_EQUAL(dropped(VNET_DROP_NO_UPCALL), before + 1);
	misses = sent(PORT).misses;
	vnet.ctl->tap_ifindex = if_nametoindex("there");
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, REDIRECT);
	CHECK_EQUAL(sent(PORT).misses, misses + 1);
}

static void limitsMisses(void)
{
	struct vnet_port_stats before = sent(PORT);
	uint64_t limited = dropped(VNET_DROP_MISS_LIMIT), passed;

	reset();
	vnet.ctl->tap_ifindex = if_nametoindex("there");
	vnet.ports[PORT].miss_rate = 100;
	vnet.ports[PORT].miss_burst = 10;
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1000, 0, 0);
	passed = sent(PORT).misses - before.misses;
	CHECK(passed >= 11 && passed <= 13, "%llu passed", (unsigned long long)passed);
	CHECK_EQUAL(dropped(VNET_DROP_MISS_LIMIT) - limited, 1000 - passed);
}

static void refusesFramesOfUnknownAndBlockedPorts(void)
{
	uint64_t unknown = vnet_get_drops(&vnet, 0, VNET_DROP_UNKNOWN_PORT), blocked;
	uint32_t lo = LO;

	reset();
	vnet.near_ports[2 * lo] = 0;
	bpf_map_delete_elem(vnet.port_ids_fd, &lo);
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, SHOT);
	CHECK_EQUAL(vnet_get_drops(&vnet, 0, VNET_DROP_UNKNOWN_PORT), unknown + 1);

	blocked = dropped(VNET_DROP_BLOCKED);
	THROUGH(tcp4, output(1));
	CHECK_EQUAL(last.verdict, REDIRECT);
	vnet.ports[PORT].flags = VNET_PORT_UP | VNET_PORT_BLOCKED;
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, SHOT);
	CHECK_EQUAL(dropped(VNET_DROP_BLOCKED), blocked + 1);
}

static void forwardsAndCounts(void)
{
	struct vnet_port_stats in = sent(PORT), out = sent(1);
	struct vnet_flow_stats flow = vnet_get_flow_stats(&vnet, 0), now;
	struct timespec clock;

	THROUGH(tcp4, output(1));
	CHECK_EQUAL(last.verdict, REDIRECT);
	CHECK(last.size == tcp4_size && !memcmp(after, tcp4, tcp4_size), "the frame changed");
	CHECK_EQUAL(sent(PORT).rx_frames, in.rx_frames + 1);
	CHECK_EQUAL(sent(PORT).rx_bytes, in.rx_bytes + tcp4_size);
	CHECK_EQUAL(sent(1).tx_frames, out.tx_frames + 1);
	CHECK_EQUAL(sent(1).tx_bytes, out.tx_bytes + tcp4_size);
	now = vnet_get_flow_stats(&vnet, 0);
	CHECK_EQUAL(now.frames, flow.frames + 1);
	CHECK_EQUAL(now.bytes, flow.bytes + tcp4_size);
	clock_gettime(CLOCK_MONOTONIC, &clock);
	CHECK(clock.tv_sec * 1000000000ULL + clock.tv_nsec - now.last_seen_ns < 100000000, "last seen is not now");
}

static void countsWireFramesOfSuperframes(void)
{
	static uint8_t big[54 + 3000];
	static const uint32_t given[] = { 3, 0 };
	struct vnet_action list[] = { output(1) };

	/* 54 bytes of header, 3,000 of payload in segments of 1,000. Without a count, as from a guest, it is computed. */
	memcpy(big, tcp4, 54);
	big[16] = (40 + 3000) >> 8;
	big[17] = (40 + 3000) & 255;
	for (int i = 0; i < 2; i++) {
		struct vnet_port_stats in = sent(PORT), out = sent(1);

		reset();
		install(big, sizeof(big), list, 1);
		vnet_run(vnet.ingress_fd, big, sizeof(big), after, sizeof(after), LO, 1, 1000, given[i]);
		CHECK_EQUAL(sent(PORT).rx_frames - in.rx_frames, 3);
		CHECK_EQUAL(sent(PORT).rx_bytes - in.rx_bytes, 3 * (54 + 1000));
		CHECK_EQUAL(sent(PORT).rx_skbs - in.rx_skbs, 1);
		CHECK_EQUAL(sent(1).tx_frames - out.tx_frames, 3);
		CHECK_EQUAL(sent(1).tx_bytes - out.tx_bytes, 3 * (54 + 1000));
	}
}

static void floodsAndCountsEachCopy(void)
{
	struct vnet_port_stats in = sent(PORT), out[6];
	uint64_t down = dropped(VNET_DROP_LINK_DOWN), blocked = dropped(VNET_DROP_OUTPUT_BLOCKED);
	uint64_t bad = dropped(VNET_DROP_BAD_OUTPUT), failed = dropped(VNET_DROP_OUTPUT_FAILED);
	struct vnet_action list[] = { output(1), output(2), output(3), output(4), output(4000), output(5), output(6), output(1) };

	for (int i = 1; i < 6; i++)
		out[i] = sent(i);
	reset();
	install(tcp4, tcp4_size, list, 8);
	vnet.ports[2].flags = 0;					/* link down */
	vnet.ports[3].flags = VNET_PORT_UP | VNET_PORT_BLOCKED;
	vnet.ports[4].ifindex = if_nametoindex("dead");			/* UP for us, not for the kernel */
	vnet.ports[6].flags = VNET_PORT_UP;				/* no device */
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, REDIRECT);
	CHECK_EQUAL(sent(1).tx_frames - out[1].tx_frames, 2);
	CHECK_EQUAL(sent(5).tx_frames - out[5].tx_frames, 1);
	CHECK_EQUAL(dropped(VNET_DROP_LINK_DOWN) - down, 2);
	CHECK_EQUAL(dropped(VNET_DROP_OUTPUT_BLOCKED) - blocked, 1);
	CHECK_EQUAL(dropped(VNET_DROP_BAD_OUTPUT) - bad, 1);
	CHECK_EQUAL(dropped(VNET_DROP_OUTPUT_FAILED) - failed, 1);
	CHECK_EQUAL(sent(PORT).copies - in.copies, 7);
	CHECK_EQUAL(sent(PORT).sent - in.sent, 3);
}

static void runs128Actions(void)
{
	static struct vnet_action list[VNET_ACTIONS];
	struct vnet_port_stats out = sent(1);

	for (int i = 0; i < VNET_ACTIONS; i++)
		list[i] = output(1);
	through(tcp4, tcp4_size, list, VNET_ACTIONS);
	CHECK_EQUAL(last.verdict, REDIRECT);
	CHECK_EQUAL(sent(1).tx_frames - out.tx_frames, VNET_ACTIONS);
}

static void laterRewritesDoNotDisturbEarlierOutputs(void)
{
	struct vnet_port_stats out = sent(1);

	THROUGH(qinq4, output(1), act(VNET_ACTION_POP_TAG, 0, 0, 0), output(2));
	CHECK_EQUAL(sent(1).tx_bytes - out.tx_bytes, qinq4_size);
	CHECK_EQUAL(last.verdict, REDIRECT);
}

static void setsAddresses(void)
{
	THROUGH(tcp4, act(VNET_ACTION_SET_ETH_DST, 0, 0, 0x020102030405), act(VNET_ACTION_SET_ETH_SRC, 0, 0, 0x0607080a0b0c), output(1));
	CHECK(!memcmp(after, "\x02\x01\x02\x03\x04\x05\x06\x07\x08\x0a\x0b\x0c\x08\x00\x45", 15), "addresses");
	CHECK_EQUAL(last.size, tcp4_size);
}

static uint16_t checksum(const uint8_t *at, int size)
{
	uint32_t sum = 0;

	for (int i = 0; i < size; i += 2)
		sum += at[i] << 8 | at[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void setsDscp(void)
{
	uint8_t right[128];
	uint16_t sum;

	memcpy(right, tcp4, tcp4_size);
	right[15] = 3;	/* ECN stays */
	sum = ~checksum(right + 14, 20);
	right[24] = sum >> 8;
	right[25] = sum & 255;
	memcpy(tcp4, right, tcp4_size);
	THROUGH(tcp4, act(VNET_ACTION_SET_DSCP, 46, 0, 0), output(1));
	CHECK_EQUAL(after[15], 46 << 2 | 3);
	CHECK_EQUAL(checksum(after + 14, 20), 0xffff);
	THROUGH(udp6, act(VNET_ACTION_SET_DSCP, 10, 0, 0), output(1));
	CHECK_EQUAL(after[14], 0x60 | 10 >> 2);
	CHECK_EQUAL(after[15], ((10 & 3) << 6) | 0x20 | 0xf);	/* 0x6bafffff: ECN 2, flow label 0xfffff */
	CHECK(!memcmp(after + 16, udp6 + 16, udp6_size - 16), "more than the traffic class changed");
	THROUGH(qinq4, act(VNET_ACTION_POP_TAG, 0, 0, 0), act(VNET_ACTION_SET_DSCP, 46, 0, 0), output(1));
	CHECK_EQUAL(after[15], 46 << 2);	/* the inner tag is beside the frame now, so L3 is at 14 */
}

static void changesTags(void)
{
	THROUGH(vlan4, act(VNET_ACTION_POP_TAG, 0, 0, 0), output(1));
	CHECK(last.size == tcp4_size && !memcmp(after, tcp4, 14), "untagged frame");
	THROUGH(tcp4, act(VNET_ACTION_POP_TAG, 0, 0, 0), output(1));
	CHECK(last.size == tcp4_size && !memcmp(after, tcp4, tcp4_size), "pop without a tag");
	/* A pushed tag is beside the frame; the next push moves it into the bytes, where a test sees it. */
	THROUGH(tcp4, act(VNET_ACTION_PUSH_TAG, 0x6005, 0x8100, 0), act(VNET_ACTION_PUSH_TAG, 9, 0x88a8, 0), output(1));
	CHECK(last.size == tcp4_size + 4 && !memcmp(after + 12, "\x81\x00\x60\x05\x08\x00\x45", 7), "pushed");
	THROUGH(vlan4, act(VNET_ACTION_SET_VLAN_VID, 0xabc, 0, 0), act(VNET_ACTION_PUSH_TAG, 9, 0x88a8, 0), output(1));
	CHECK(!memcmp(after + 12, "\x81\x00\xaa\xbc\x08\x00\x45", 7), "VLAN id");
	THROUGH(vlan4, act(VNET_ACTION_SET_VLAN_PCP, 2, 0, 0), act(VNET_ACTION_PUSH_TAG, 9, 0x88a8, 0), output(1));
	CHECK(!memcmp(after + 12, "\x81\x00\x40\x64\x08\x00\x45", 7), "priority");
	THROUGH(qinq4, act(VNET_ACTION_SET_VLAN_VID, 0x111, 0, 0), act(VNET_ACTION_PUSH_TAG, 9, 0x8100, 0), output(1));
	CHECK(!memcmp(after + 12, "\x88\xa8\x01\x11\x81\x00\xa0\x64\x08\x00\x45", 11), "outer VLAN id");
	THROUGH(tcp4, act(VNET_ACTION_SET_VLAN_VID, 5, 0, 0), act(VNET_ACTION_SET_VLAN_PCP, 5, 0, 0), output(1));
	CHECK(last.size == tcp4_size && !memcmp(after, tcp4, tcp4_size), "set without a tag");
}

static void dropsWithAReason(void)
{
	uint64_t own = dropped(20), none = dropped(VNET_DROP_NO_ACTIONS), bad = dropped(VNET_DROP_BAD_ACTION);
	uint64_t rest = dropped(63);

	THROUGH(tcp4, act(VNET_ACTION_DROP, 0, 20, 0));
	CHECK_EQUAL(last.verdict, SHOT);
	CHECK_EQUAL(dropped(20) - own, 1);
	THROUGH(tcp4, act(VNET_ACTION_DROP, 0, 20, 0), output(1));
	CHECK_EQUAL(last.verdict, REDIRECT);
	CHECK_EQUAL(dropped(20) - own, 2);
	THROUGH(tcp4, act(VNET_ACTION_DROP, 0, 1000, 0));
	CHECK_EQUAL(dropped(63) - rest, 1);
	THROUGH(tcp4, act(VNET_ACTION_POP_TAG, 0, 0, 0));
	CHECK_EQUAL(dropped(VNET_DROP_NO_ACTIONS) - none, 1);
	THROUGH(tcp4, output(1), act(77, 0, 0, 0), output(2));
	CHECK_EQUAL(last.verdict, SHOT);
	CHECK_EQUAL(dropped(VNET_DROP_BAD_ACTION) - bad, 1);
}

static void refusesWhatIsLongerThanTheMtu(void)
{
	uint64_t before = dropped(VNET_DROP_TOO_LONG);
	struct vnet_action list[] = { output(1) };

	reset();
	install(tcp4, tcp4_size, list, 1);
	vnet.ports[1].mtu = tcp4_size - 14;
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, REDIRECT);
	vnet.ports[1].mtu = tcp4_size - 15;
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, SHOT);
	CHECK_EQUAL(dropped(VNET_DROP_TOO_LONG), before + 1);
}

static void inspectsInTheMiddle(void)
{
	struct vnet_port_stats in = sent(PORT), out = sent(1);

	reset();
	THROUGH(tcp4, act(VNET_ACTION_INSPECT, 0, 5, 0), act(VNET_ACTION_SET_ETH_DST, 0, 0, 1), output(1));
	CHECK_EQUAL(last.verdict, REDIRECT);	/* no tap: the copy is dropped, the frame goes on */
	CHECK_EQUAL(sent(1).tx_frames - out.tx_frames, 1);
	vnet.ctl->tap_ifindex = if_nametoindex("there");
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(sent(PORT).inspects - in.inspects, 1);
	CHECK_EQUAL(sent(PORT).copies - in.copies, 2);
	CHECK_EQUAL(after[5], 1);
}

static void sendsCopiesUpWithinTheAllowance(void)
{
	struct vnet_action list[] = { act(VNET_ACTION_COPY_UP, 0, VNET_UPCALL_COPY, 0), output(1) };
	struct vnet_port_stats in = sent(PORT), out = sent(1);
	uint64_t copies;

	reset();
	install(tcp4, tcp4_size, list, 2);
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, REDIRECT);	/* no tap: nothing counts */
	CHECK_EQUAL(sent(PORT).inspects, in.inspects);
	vnet.ctl->tap_ifindex = if_nametoindex("there");
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1000, 0, 0);
	copies = sent(PORT).inspects - in.inspects;
	CHECK(copies > VNET_COPY_BURST && copies < VNET_COPY_BURST + 100, "%llu copies", (unsigned long long)copies);
	CHECK_EQUAL(sent(PORT).copies - in.copies, copies);
	CHECK_EQUAL(sent(1).tx_frames - out.tx_frames, 1001);
}

static void takesTheFirstMaskThatMatches(void)
{
	struct vnet_key_out out;
	struct vnet_key ports_only = { .w = { 0xffffffff00000000ULL } }, l2 = { .w = { ~0ULL, ~0ULL, ~0ULL } }, all = exact();
	struct vnet_action to1[] = { output(1) }, to2[] = { output(2) }, to3[] = { output(3) };
	struct vnet_port_stats before[4];
	uint32_t m1, m2, m3, slot;

	reset();
	out = key_of(tcp4, tcp4_size);
	m1 = vnet_add_mask(&vnet, PORT, &l2);
	m2 = vnet_add_mask(&vnet, PORT, &all);
	m3 = vnet_add_mask(&vnet, PORT, &ports_only);
	vnet_add_flow(&vnet, &out.key, &ports_only, m3, vnet_add_list(&vnet, to3, 1));
	slot = vnet_add_flow(&vnet, &out.key, &l2, m1, vnet_add_list(&vnet, to1, 1));
	for (int i = 1; i < 4; i++)
		before[i] = sent(i);
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(1).tx_frames - before[1].tx_frames, 10);

	vnet_add_flow(&vnet, &out.key, &all, m2, vnet_add_list(&vnet, to2, 1));
	vnet_remove_flow(&vnet, slot);
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(2).tx_frames - before[2].tx_frames, 10);
	CHECK_EQUAL(vnet.entries[slot].word, 0);

	vnet_run(vnet.ingress_fd, udp6, udp6_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(3).tx_frames - before[3].tx_frames, 10);
}

static void uses32Masks(void)
{
	struct vnet_action list[] = { output(1) };
	struct vnet_port_stats before;
	struct vnet_key_out out;

	reset();
	out = key_of(tcp4, tcp4_size);
	for (int i = 0; i < VNET_PORT_MASKS; i++) {
		struct vnet_key mask = exact(), other = out.key;
		uint32_t id;

		mask.w[3] &= ~(uint64_t)i;
		id = vnet_add_mask(&vnet, PORT, &mask);
		other.w[8] ^= i == VNET_PORT_MASKS - 1 ? 0 : i + 1;
		vnet_add_flow(&vnet, &other, &mask, id, vnet_add_list(&vnet, list, 1));
	}
	before = sent(1);
	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(last.verdict, REDIRECT);
	CHECK_EQUAL(sent(1).tx_frames - before.tx_frames, 1);
}

static void drainsBehindEveryOther(void)
{
	struct vnet_action to1[] = { output(1) }, to2[] = { output(2) }, to3[] = { output(3) };
	struct vnet_key wide = {}, all = exact(), out;
	uint32_t m1, m2, slot, exact_slot, id;
	struct vnet_port_stats before[6];
	uint64_t frames;

	reset();
	out = key_of(tcp4, tcp4_size).key;
	wide.w[0] = all.w[0];
	m1 = vnet_add_mask(&vnet, PORT, &wide);
	slot = vnet_add_flow(&vnet, &out, &wide, m1, vnet_add_list(&vnet, to1, 1));
	frames = vnet_get_flow_stats(&vnet, slot).frames;
	for (int i = 0; i < 6; i++)
		before[i] = sent(i);
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(1).tx_frames - before[1].tx_frames, 10);

	vnet_drain_flow(&vnet, slot, vnet_add_list(&vnet, to2, 1));
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(2).tx_frames - before[2].tx_frames, 10);
	CHECK_EQUAL(vnet_get_flow_stats(&vnet, slot).frames - frames, 20);

	/* A mask that comes later stands before it, and a free place between them is passed over. */
	vnet.port_masks[PORT].mask_id[0][0] = VNET_NO_MASK;
	m2 = vnet_add_mask(&vnet, PORT, &all);
	exact_slot = vnet_add_flow(&vnet, &out, &all, m2, vnet_add_list(&vnet, to3, 1));
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(3).tx_frames - before[3].tx_frames, 10);
	id = vnet.port_masks[PORT].mask_id[1][0];
	CHECK_EQUAL(id, m1);

	/* And all 32 places of draining masks are tried. */
	vnet_remove_flow(&vnet, exact_slot);
	for (int i = 0; i < VNET_PORT_MASKS; i++)
		vnet.port_masks[PORT].mask_id[1][i] = i == VNET_PORT_MASKS - 1 ? id : VNET_NO_MASK;
	vnet.port_masks[PORT].counts[1] = VNET_PORT_MASKS;
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(2).tx_frames - before[2].tx_frames, 20);
	vnet.port_masks[PORT].counts[1] = VNET_PORT_MASKS - 1;
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10, 0, 0);
	CHECK_EQUAL(sent(2).tx_frames - before[2].tx_frames, 20);
}

/* One flow is drained and made anew, its mask in another place each time, while frames run on another CPU: none may miss. */
static void missesNoFrameWhileAFlowDrains(void)
{
	volatile struct vnet_port_masks *own = &vnet.port_masks[PORT];
	struct vnet_action to1[] = { output(1) };
	struct vnet_key all = exact(), out;
	uint64_t misses, frames;
	uint32_t list, m1, slot;
	pid_t child;

	reset();
	out = key_of(tcp4, tcp4_size).key;
	list = vnet_add_list(&vnet, to1, 1);
	m1 = vnet_add_mask(&vnet, PORT, &all);
	slot = vnet_add_flow(&vnet, &out, &all, m1, list);
	misses = dropped(VNET_DROP_NO_UPCALL);
	frames = sent(1).tx_frames;
	child = fork();
	while (!child)
		vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 10000, 0, 0);
	for (int i = 0; i < 40; i++) {
		uint32_t drain = slot, place = i * 7 % VNET_PORT_MASKS;

		vnet_drain_flow(&vnet, drain, list);
		own->mask_id[0][own->counts[0] - 1] = VNET_NO_MASK;
		own->mask_id[0][place] = m1;
		__atomic_store_n(&own->counts[0], place + 1, __ATOMIC_RELEASE);
		slot = vnet_add_flow(&vnet, &out, &all, m1, list);
		vnet_quiesce(); /* a frame may be behind the regular masks already */
		vnet_remove_flow(&vnet, drain);
		own->counts[1] = 0;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK_EQUAL(dropped(VNET_DROP_NO_UPCALL) - misses, 0);
	CHECK(sent(1).tx_frames - frames > 10000, "no traffic");
}

static uint64_t misses_now(void)
{
	uint64_t before = dropped(VNET_DROP_NO_UPCALL);

	last = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	return dropped(VNET_DROP_NO_UPCALL) - before;
}

static void ignoresAnEntryOfAnotherKeyOrHash(void)
{
	struct vnet_action list[] = { output(1) };
	uint32_t at;

	reset();
	at = install(tcp4, tcp4_size, list, 1);
	vnet.entries[at].word ^= 1ULL << 32;
	CHECK_EQUAL(misses_now(), 1);
	vnet.entries[at].word ^= 1ULL << 32;
	for (int i = 0; i < VNET_NEAR_WORDS; i++) {
		vnet.entries[at].near[i] ^= 1;
		CHECK_EQUAL(misses_now(), 1);
		vnet.entries[at].near[i] ^= 1;
	}
	vnet.entries[at].wide = 1;
	CHECK_EQUAL(misses_now(), 0);
	for (int i = 0; i < VNET_FAR_WORDS; i++) {
		vnet.entries[at].far[i] ^= 1;
		CHECK_EQUAL(misses_now(), 1);
		vnet.entries[at].far[i] ^= 1;
	}
	vnet.entries[at].wide = 0;
	vnet.entries[at].mask ^= 1;
	CHECK_EQUAL(misses_now(), 1);
	vnet.entries[at].mask ^= 1;
	*vnet_place_of(&vnet, at) ^= 1ULL << 63;
	CHECK_EQUAL(misses_now(), 1);
	*vnet_place_of(&vnet, at) ^= 1ULL << 63;
	CHECK_EQUAL(misses_now(), 0);
	CHECK_EQUAL(last.verdict, REDIRECT);
}

static void findsAFlowWhoseBucketWasFull(void)
{
	struct vnet_action list[] = { output(1) };
	struct vnet_key mask = exact(), masked;
	volatile struct vnet_bucket_line *line;
	volatile uint8_t *mark;
	struct vnet_key_out out;
	uint32_t id, hash, slot;

	reset();
	out = key_of(tcp4, tcp4_size);
	id = vnet_add_mask(&vnet, PORT, &mask);
	masked = vnet_masked(&out.key, &mask, id);
	hash = vnet_hash(&vnet, &masked);
	line = &vnet.index[hash >> (32 - VNET_BUCKET_BITS)];
	mark = &vnet.marks[hash >> (32 - VNET_BUCKET_BITS)];
	/* All have the right hash and lead to entries with another key. */
	for (int i = 0; i < VNET_BUCKET_PLACES; i++) {
		vnet.entries[100 + i].word = (uint64_t)hash << 32;
		line->places[i] = (uint64_t)hash << 32 | (101 + i);
	}
	slot = vnet_add_flow(&vnet, &out.key, &mask, id, vnet_add_list(&vnet, list, 1));
	CHECK_EQUAL(*mark, VNET_MARK(hash));
	CHECK_EQUAL(misses_now(), 0);
	*mark ^= VNET_MARK(hash);
	CHECK_EQUAL(misses_now(), 1);
	*mark ^= VNET_MARK(hash);
	memset((void *)line->places, 0, sizeof(line->places));
	CHECK_EQUAL(misses_now(), 0);
	vnet_remove_flow(&vnet, slot);
	CHECK_EQUAL(*mark, 0);
	CHECK_EQUAL(misses_now(), 1);
	for (int i = 0; i < VNET_BUCKET_PLACES; i++)
		vnet.entries[100 + i].word = 0;
}

static uint64_t random_word(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Keys at random, and keys that count up in two words as stations in pairs do. */
static void holds200000Flows(void)
{
	for (int counting = 0; counting < 2; counting++) {
		uint32_t refused[2] = {}, elsewhere = 0;

		reset();
		for (uint32_t i = 0; i < VNET_FLOWS; i++) {
			struct vnet_key key = {};

			for (int word = 0; word < VNET_KEY_WORDS && !counting; word++)
				key.w[word] = random_word();
			if (counting) {
				key.w[0] = 7ULL << VNET_W0_PORT_SHIFT;
				key.w[1] = (0x020000000000ULL + i / 512) << 16;
				key.w[2] = (0x020000000000ULL + i % 512) << 16;
			}
			refused[i >= 200000] += vnet_put_flow(&vnet, i % vnet.flow_count, &key, 1, 0) != 0;
		}
		for (uint32_t i = 0; i < VNET_BUCKETS; i++)
			elsewhere += vnet.elsewhere[i];
		CHECK_EQUAL(refused[0], 0);
		CHECK(refused[1] < 20, "%u of the last %u refused", refused[1], VNET_FLOWS - 200000);
		CHECK(elsewhere < 1000, "%u in their second bucket", elsewhere);
	}
}

/* A slot goes from key to key without a pause while frames of one of the keys look for it: none may act by another's list. */
static void readsNoEntryThatIsHalfAnothers(void)
{
	struct vnet_action right[] = { output(1) }, wrong[] = { output(2) };
	struct vnet_key mask = exact(), own, other;
	struct vnet_port_stats before[3];
	uint32_t id, lists[2], slot = 500;
	time_t end = time(NULL) + 20;
	uint64_t rounds = 0;
	struct vnet_key_out out;
	pid_t child;

	reset();
	out = key_of(tcp4, tcp4_size);
	id = vnet_add_mask(&vnet, PORT, &mask);
	own = vnet_masked(&out.key, &mask, id);
	lists[0] = vnet_add_list(&vnet, right, 1);
	lists[1] = vnet_add_list(&vnet, wrong, 1);
	for (int i = 0; i < 3; i++)
		before[i] = sent(i);
	child = fork();
	while (!child)
		vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 100000, 0, 0);
	while (sent(1).tx_frames - before[1].tx_frames < 200000 && time(NULL) < end) {
		for (int i = 0; i < 1000; i++, rounds++) {
			/* It differs in one word, another one each time. */
			other = own;
			other.w[rounds % VNET_KEY_WORDS] ^= rounds << 20 | 1;
			other.w[4] ^= (other.w[4] ^ own.w[4]) & 0xffff0000ULL;	/* no id has so many bits */
			vnet_put_flow(&vnet, slot, &own, 1, lists[0]);
			for (volatile int wait = rounds % 256; wait; wait--)
				;
			vnet_take_flow(&vnet, slot);
			vnet_put_flow(&vnet, slot, &other, 2, lists[1]);
			vnet_take_flow(&vnet, slot);
		}
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK_EQUAL(sent(2).tx_frames - before[2].tx_frames, 0);
	CHECK(sent(1).tx_frames - before[1].tx_frames > 1000, "only %llu frames found it", (unsigned long long)(sent(1).tx_frames - before[1].tx_frames));
	for (uint32_t i = 0; i < VNET_BUCKETS; i++)
		for (int place = 0; place < VNET_BUCKET_PLACES; place++)
			CHECK(!vnet.index[i].places[place] && !vnet.marks[i], "bucket %u is not empty", i);
}

static void replacesAFlowByOneStore(void)
{
	struct vnet_action to1[] = { output(1) }, to2[] = { output(2) };
	struct vnet_port_stats before;
	uint32_t slot;

	reset();
	slot = install(tcp4, tcp4_size, to1, 1);
	before = sent(2);
	vnet_replace_flow(&vnet, slot, vnet_add_list(&vnet, to2, 1));
	vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 1, 0, 0);
	CHECK_EQUAL(sent(2).tx_frames - before.tx_frames, 1);
}

static void outputsToTheIngressPort(void)
{
	struct vnet_port_stats before = sent(PORT);

	THROUGH(tcp4, output(PORT));
	CHECK_EQUAL(last.verdict, REDIRECT);
	CHECK_EQUAL(sent(PORT).tx_frames - before.tx_frames, 1);
}

static void balancesTheBooks(void)
{
	struct vnet_port_stats all = {}, in = sent(PORT);

	CHECK_EQUAL(in.rx_frames + in.copies, in.sent + in.misses + in.inspects + vnet_get_all_drops(&vnet, PORT));
	for (int i = 0; i < 32; i++) {
		struct vnet_port_stats one = sent(i);

		all.sent += one.sent;
		all.tx_frames += one.tx_frames;
	}
	CHECK_EQUAL(all.sent, all.tx_frames);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
#define TEST(name) { #name, name }
	TEST(parsesEveryFixture), TEST(sendsMissesUpOrDropsThem), TEST(limitsMisses), TEST(refusesFramesOfUnknownAndBlockedPorts),
	TEST(forwardsAndCounts), TEST(countsWireFramesOfSuperframes), TEST(floodsAndCountsEachCopy), TEST(runs128Actions),
	TEST(laterRewritesDoNotDisturbEarlierOutputs), TEST(setsAddresses), TEST(setsDscp), TEST(changesTags), TEST(dropsWithAReason),
	TEST(refusesWhatIsLongerThanTheMtu), TEST(inspectsInTheMiddle), TEST(sendsCopiesUpWithinTheAllowance), TEST(takesTheFirstMaskThatMatches), TEST(uses32Masks),
	TEST(drainsBehindEveryOther), TEST(missesNoFrameWhileAFlowDrains),
	TEST(ignoresAnEntryOfAnotherKeyOrHash), TEST(findsAFlowWhoseBucketWasFull), TEST(holds200000Flows),
	TEST(readsNoEntryThatIsHalfAnothers), TEST(replacesAFlowByOneStore), TEST(outputsToTheIngressPort),
	TEST(balancesTheBooks),
};

static int run_tests(void)
{
	int bad = 0;

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		int before = failures;

		tests[i].run();
		printf("%s %s\n", failures == before ? "ok    " : "FAILED", tests[i].name);
		bad += failures != before;
	}
	printf("%zu tests, %d failed, %d checks\n", sizeof(tests) / sizeof(tests[0]), bad, checks);
	return bad ? 1 : 0;
}

static int answer_keys(int live)
{
	char line[20000];
	uint8_t frame[9000];

	reset();
	while (fgets(line, sizeof(line), stdin)) {
		uint32_t size = from_hex(line, frame, sizeof(frame));
		struct vnet_key_out out = live ? live_key_of(frame, size) : key_of(frame, size);

		if (out.status)
			printf("status %d\n", (int)out.status);
		else
			for (int i = 0; i < VNET_KEY_WORDS; i++)
				printf("%016llx%c", (unsigned long long)out.key.w[i], i == VNET_KEY_WORDS - 1 ? '\n' : ' ');
	}
	return 0;
}

/* Masks before the matching one, each with a flow of its own that does not match. */
static uint32_t nanos_behind(int masks, int l2, const struct vnet_action *actions, uint32_t count)
{
	struct vnet_key_out out;
	uint32_t best = ~0u;

	reset();
	out = key_of(tcp4, tcp4_size);
	for (int i = 0; i < masks; i++) {
		struct vnet_key mask = exact(), key = out.key;
		uint32_t id;

		if (l2)
			for (int word = 3; word < VNET_KEY_WORDS; word++)
				mask.w[word] = 0;
		mask.w[3] ^= (uint64_t)i;
		id = vnet_add_mask(&vnet, PORT, &mask);
		key.w[1] ^= i == masks - 1 ? 0 : 1ULL << 48;
		vnet_add_flow(&vnet, &key, &mask, id, vnet_add_list(&vnet, actions, count));
	}
	for (int i = 0; i < 7; i++) {
		uint32_t nanos = vnet_run(vnet.ingress_fd, tcp4, tcp4_size, after, sizeof(after), LO, 300000, 0, 0).nanos;

		best = nanos < best ? nanos : best;
	}
	return best;
}

static int bench(void)
{
	static const int masks[] = { 1, 2, 4, 8, 16, 32 };
	struct vnet_action one[] = { output(1) };
	struct vnet_action rewrites[] = { act(VNET_ACTION_SET_ETH_DST, 0, 0, 0x02aabbccdd01),
					  act(VNET_ACTION_SET_ETH_SRC, 0, 0, 0x02aabbccdd02), output(1) };
	struct vnet_action drop[] = { act(VNET_ACTION_DROP, 0, 20, 0) };
	uint32_t parse = ~0u;

	reset();
	for (int i = 0; i < 7; i++) {
		uint32_t nanos = vnet_run(vnet.key_fd, tcp4, tcp4_size, after, sizeof(after), LO, 300000, 0, 0).nanos;

		parse = nanos < parse ? nanos : parse;
	}
	printf("empty run: %u ns, parser alone: %u ns\n",
	       vnet_run(vnet.upcall_fd, tcp4, tcp4_size, after, sizeof(after), LO, 300000, 0, 0).nanos, parse);
	printf("masks  all fields  addresses   (ns per frame, one output, best of 7 runs of 300,000)\n");
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++)
		printf("%5d %11u %10u\n", masks[i], nanos_behind(masks[i], 0, one, 1), nanos_behind(masks[i], 1, one, 1));
	printf("two addresses set and one output: %u ns\n", nanos_behind(1, 0, rewrites, 3));
	printf("drop with a reason: %u ns\n", nanos_behind(1, 0, drop, 1));
	return 0;
}

int main(int count, char **arguments)
{
	const char *command = count > 1 ? arguments[1] : "test";

	/* IPv6 off: the kernel's own neighbour discovery would come between our frames. */
	if (unshare(CLONE_NEWNET) || system("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 && ip link set lo up && ip link add there type veth peer name here && "
					    "ip link set there up && ip link set here up && ip link add dead type ifb"))
		vnet_die("network namespace");
	setvbuf(stdout, NULL, _IOLBF, 0);
	vnet_load(&vnet, "../vnet.bpf.o", 65536, NULL);
	make_frames();
	if (!strcmp(command, "keys"))
		return answer_keys(0);
	if (!strcmp(command, "live"))
		return answer_keys(1);
	if (!strcmp(command, "bench"))
		return bench();
	return run_tests();
}
