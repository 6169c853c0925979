// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Frames with sequence numbers from one end of a switch to another (see ends.h), both in this process.
 *
 *   sockets -s END -r END [options]
 *
 *   -l OCTETS   of a frame, without FCS (60)             -b FRAMES   in one system call (1)
 *   -w FRAMES   at most so many under way (64): the receiver tells the sender through memory, so that no queue overflows;
 *               0: none waits for another
 *   -p RATE     frames a second; each is stamped, delays are told          -1          one frame at a time; delays are told
 *   -t SECONDS  (1)                                                        -u PID,...  processes whose CPU time is told too
 *   -f FLOWS    inner connections (1), told apart by their UDP source port -g FRAMES   of one of them before the next one's turn (1)
 *
 * The result is one line of JSON; CPU times in seconds.
 */
#define _GNU_SOURCE
#include "ends.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SOURCE_PORT 34
#define SEQUENCE 42
#define STAMP 50
#define PROBE UINT64_MAX	/* a sequence number that is not counted */
#define PATIENCE 1	/* seconds without an arrival after which a window's frames count as lost */
#define MOST_DUE 32	/* frames that a late sender sends at once */
#define MOST_DELAYS (4 << 20)
#define MOST_FLOWS 256

static const char *sender_text, *receiver_text;
static size_t frame_size = 60;
static int batch_size = 1, window = 64, one_by_one, pids[16], pid_count;
static double seconds = 1, rate;
static struct end sender, receiver;

static atomic_ullong arrived;
static atomic_uint progress, sleeping, over;
static uint64_t sent, late, next[MOST_FLOWS], flow_count = 1, turn = 1, last_arrival, wanted_at;
static int probed;
static uint32_t *delays;
static size_t delay_count;
static double receiver_cpu, sender_cpu;

/* To 02:00:00:00:00:02 from 02:00:00:00:00:01, UDP over IPv4 10.99.0.1 to 10.99.0.2. */
static const uint8_t headers[SEQUENCE] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 99, 0, 1,
					   10, 99, 0, 2, 0x27, 0x10, 0x27, 0x10, 0, 26, 0, 0 };

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static double their_cpu(void)
{
	double sum = 0;

	for (int i = 0; i < pid_count; i++) {
		clockid_t clock;

		if (!clock_getcpuclockid(pids[i], &clock))
			sum += now(clock) / 1e9;
	}
	return sum;
}

static void seen(const uint8_t *frame, size_t size)
{
	uint64_t sequence, stamp;

	if (size != frame_size || memcmp(frame, headers, 12))
		return;
	memcpy(&sequence, frame + SEQUENCE, sizeof(sequence));
	if (sequence == PROBE) {
		probed = 1;
		return;
	}
	if (sequence < next[sequence / turn % flow_count])
		late++;
	next[sequence / turn % flow_count] = sequence + 1;
	memcpy(&stamp, frame + STAMP, sizeof(stamp));
	if (stamp && delay_count < MOST_DELAYS)
		delays[delay_count++] = now(CLOCK_MONOTONIC) - stamp;
	atomic_fetch_add_explicit(&arrived, 1, memory_order_release);
}

static void *receive(void *nothing)
{
	uint64_t before = now(CLOCK_THREAD_CPUTIME_ID);

	while (!atomic_load(&over)) {
		uint64_t had = atomic_load(&arrived);

		end_receive(&receiver, seen);
		if (atomic_load(&arrived) == had)
			continue;
		last_arrival = now(CLOCK_MONOTONIC);
		if (atomic_load(&sleeping) && atomic_load(&arrived) >= wanted_at) {
			atomic_fetch_add(&progress, 1);
			syscall(SYS_futex, &progress, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
		}
	}
	receiver_cpu = (now(CLOCK_THREAD_CPUTIME_ID) - before) / 1e9;
	return nothing;
}

/* Waits until frames are there, or it has taken too long. */
static int wait_for(uint64_t count)
{
	const struct timespec limit = { .tv_sec = PATIENCE };
	unsigned int at = atomic_load(&progress);

	wanted_at = count;
	atomic_store(&sleeping, 1);
	while (atomic_load(&arrived) < count && at == atomic_load(&progress)) {
		if (syscall(SYS_futex, &progress, FUTEX_WAIT_PRIVATE, at, &limit, NULL, 0) && errno == ETIMEDOUT)
			break;
	}
	atomic_store(&sleeping, 0);
	return atomic_load(&arrived) >= count;
}

static void fill(uint8_t *batch, int count, int stamped)
{
	size_t head = end_head_size(&sender);
	uint64_t stamp = stamped ? now(CLOCK_MONOTONIC) : 0;

	for (int i = 0; i < count; i++) {
		uint8_t *frame = batch + i * (head + frame_size) + head;
		uint64_t sequence = sent + i;

		frame[SOURCE_PORT + 1] = headers[SOURCE_PORT + 1] + sequence / turn % flow_count;
		memcpy(frame + SEQUENCE, &sequence, sizeof(sequence));
		memcpy(frame + STAMP, &stamp, sizeof(stamp));
	}
}

static uint8_t *prepare(struct end *end, int count)
{
	size_t head = end_head_size(end), size = head + frame_size;
	uint8_t *batch = calloc(count, size);

	for (int i = 0; i < count; i++) {
		end_head(end, batch + i * size, frame_size);
		memcpy(batch + i * size + head, headers, sizeof(headers));
	}
	return batch;
}

/* As fast as the window allows. */
static void run_window(uint8_t *batch, uint64_t end)
{
	uint64_t gone = 0;

	while (now(CLOCK_MONOTONIC) < end) {
		uint64_t there = atomic_load(&arrived) + gone;

		if (window && sent + batch_size > there + window) {
			/* Half a window at once: who sleeps and wakes for every frame measures that. */
			if (!wait_for(sent + batch_size - (window + 1) / 2 - gone))
				gone = sent - atomic_load(&arrived);
			continue;
		}
		fill(batch, batch_size, 0);
		sent += end_send(&sender, batch, frame_size, batch_size);
	}
}

static void run_one_by_one(uint8_t *batch, uint64_t end)
{
	while (now(CLOCK_MONOTONIC) < end) {
		fill(batch, 1, 1);
		sent += end_send(&sender, batch, frame_size, 1);
		wait_for(sent);
	}
}

static void run_paced(uint8_t *batch, uint64_t end)
{
	const struct timespec nap = { .tv_nsec = 20000 };
	uint64_t begin = now(CLOCK_MONOTONIC), at, base = 0;

	while ((at = now(CLOCK_MONOTONIC)) < end) {
		double due = (at - begin) / 1e9 * rate;

		if (due > sent + base + MOST_DUE)
			base = due - sent;	/* it did not get a CPU: no burst makes up for that */
		if (sent + base < due) {
			fill(batch, 1, 1);
			sent += end_send(&sender, batch, frame_size, 1);
		} else {
			nanosleep(&nap, NULL);
		}
	}
}

/* Tells the switch where the receiver is, and waits until frames go there, so that nothing is new when it is measured. */
static void reach(uint8_t *batch)
{
	uint8_t *hello = prepare(&receiver, 1);
	size_t head = end_head_size(&receiver);
	uint64_t probe = PROBE;

	memcpy(hello + head, headers + 6, 6);
	memcpy(hello + head + 6, headers, 6);
	memcpy(batch + end_head_size(&sender) + SEQUENCE, &probe, sizeof(probe));
	for (int i = 0; i < 250 && !probed; i++) {
		end_send(&receiver, hello, frame_size, 1);
		usleep(2000);
		end_send(&sender, batch, frame_size, 1);
		end_receive(&receiver, seen);
	}
	if (!probed) {
		fprintf(stderr, "no frame of %s reaches %s\n", sender_text, receiver_text);
		exit(1);
	}
	for (int i = 0; i < 50; i++) {
		end_send(&sender, batch, frame_size, 1);
		end_receive(&receiver, seen);
	}
	free(hello);
}

static int by_size(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return a < b ? -1 : a > b;
}

static double share(double part)
{
	return delay_count ? delays[(size_t)(part * (delay_count - 1))] / 1e3 : 0;
}

static void read_options(int count, char **arguments)
{
	int option;

	while ((option = getopt(count, arguments, "s:r:l:b:w:p:t:u:f:g:1")) != -1) {
		switch (option) {
		case 's': sender_text = optarg; break;
		case 'r': receiver_text = optarg; break;
		case 'l': frame_size = atoi(optarg); break;
		case 'b': batch_size = atoi(optarg); break;
		case 'w': window = atoi(optarg); break;
		case 'p': rate = atof(optarg); break;
		case 't': seconds = atof(optarg); break;
		case 'f': flow_count = atoi(optarg); break;
		case 'g': turn = atoi(optarg); break;
		case '1': one_by_one = 1; break;
		case 'u':
			for (char *pid = strtok(optarg, ","); pid && pid_count < 16; pid = strtok(NULL, ","))
				pids[pid_count++] = atoi(pid);
			break;
		default: exit(2);
		}
	}
	if (!sender_text || !receiver_text || frame_size < 60 || frame_size > END_LONGEST || batch_size < 1 || batch_size > END_BATCH ||
	    flow_count < 1 || turn < 1 || flow_count > MOST_FLOWS || (window && window < batch_size)) {
		fprintf(stderr, "usage: sockets -s END -r END [options], see sockets.c\n");
		exit(2);
	}
}

int main(int count, char **arguments)
{
	uint64_t begin, end;
	double theirs;
	uint8_t *batch;
	pthread_t thread;

	read_options(count, arguments);
	prctl(PR_SET_TIMERSLACK, 1000);
	delays = malloc(MOST_DELAYS * sizeof(*delays));
	end_open(&receiver, receiver_text);
	end_open(&sender, sender_text);
	end_ready(&receiver);
	end_ready(&sender);
	batch = prepare(&sender, batch_size);
	reach(batch);
	pthread_create(&thread, NULL, receive, NULL);
	theirs = their_cpu();
	begin = last_arrival = now(CLOCK_MONOTONIC);
	end = begin + seconds * 1e9;
	sender_cpu = now(CLOCK_THREAD_CPUTIME_ID) / 1e9;
	if (one_by_one)
		run_one_by_one(batch, end);
	else if (rate)
		run_paced(batch, end);
	else
		run_window(batch, end);
	sender_cpu = now(CLOCK_THREAD_CPUTIME_ID) / 1e9 - sender_cpu;
	wait_for(sent);
	theirs = their_cpu() - theirs;
	atomic_store(&over, 1);
	pthread_join(thread, NULL);
	qsort(delays, delay_count, sizeof(*delays), by_size);
	printf("{\"sent\": %llu, \"arrived\": %llu, \"late\": %llu, \"seconds\": %.6f, \"cpu_sender\": %.6f, \"cpu_receiver\": %.6f, \"cpu_switch\": %.6f",
	       (unsigned long long)sent, (unsigned long long)arrived, (unsigned long long)late, (last_arrival - begin) / 1e9, sender_cpu, receiver_cpu, theirs);
	if (delay_count)
		printf(", \"delay_us\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"max\": %.1f}", share(0.5), share(0.9), share(0.99), share(1));
	printf("}\n");
	end_close(&sender);
	end_close(&receiver);
	return 0;
}
