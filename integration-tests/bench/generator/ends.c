// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* See ends.h. */
#define _GNU_SOURCE
#include "ends.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif

#define STREAM_BUFFER (1 << 18)
#define VXLAN_PORT 4789
#define WAIT_MICROSECONDS 20000

/* What a VDE switch is asked on its control socket, and answers with the address for frames. */
struct vde_request {
	uint32_t magic, version, type;
	struct sockaddr_un data;
	char description[128];
} __attribute__((packed));

void end_die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_un path_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path)) {
		fprintf(stderr, "%s: too long\n", path);
		exit(2);
	}
	strcpy(address.sun_path, path);
	return address;
}

static int bound(int type, const char *path)
{
	struct sockaddr_un address = path_of(path);
	int fd = socket(AF_UNIX, type, 0);

	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		end_die(path);
	return fd;
}

static void call(int fd, const char *path)
{
	struct sockaddr_un address = path_of(path);

	/* The other one may be about to come. */
	for (int i = 0; connect(fd, (struct sockaddr *)&address, sizeof(address)); i++) {
		if (i == 200)
			end_die(path);
		usleep(10000);
	}
}

static void open_vde(struct end *end, const char *folder)
{
	struct vde_request request = { .magic = 0xfeedface, .version = 3, .description = "bench" };
	struct sockaddr_un answer;
	static int number;
	char path[100];

	end->control = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(path, sizeof(path), "%s/ctl", folder);
	call(end->control, path);
	snprintf(path, sizeof(path), "%s.%d-%d", folder, getpid(), number++);
	end->fd = bound(SOCK_DGRAM, path);
	request.data = path_of(path);
	if (write(end->control, &request, sizeof(request)) != sizeof(request) || read(end->control, &answer, sizeof(answer)) < (ssize_t)sizeof(sa_family_t))
		end_die("VDE switch");
	if (connect(end->fd, (struct sockaddr *)&answer, sizeof(answer)))
		end_die(answer.sun_path);
	unlink(path);
}

static void open_tap(struct end *end, const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	end->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (end->fd < 0 || ioctl(end->fd, TUNSETIFF, &request))
		end_die(name);
}

static struct sockaddr_in udp_of(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(VXLAN_PORT) };

	if (inet_pton(AF_INET, text, &address.sin_addr) != 1) {
		fprintf(stderr, "%s: no IPv4 address\n", text);
		exit(2);
	}
	return address;
}

static void open_vxlan(struct end *end, const char *local, const char *peer)
{
	struct sockaddr_in from = udp_of(local), to = udp_of(peer);
	int one = 1;

	end->fd = socket(AF_INET, SOCK_DGRAM, 0);
	end->to = to;
	if (end->fd < 0 || bind(end->fd, (struct sockaddr *)&from, sizeof(from)) ||
	    setsockopt(end->fd, IPPROTO_UDP, UDP_GRO, &one, sizeof(one)))
		end_die(local);
}

/* Splits text at commas, in place. */
static int split(char *text, char **words, int most)
{
	int count = 0;

	for (char *word = strtok(text, ","); word && count < most; word = strtok(NULL, ","))
		words[count++] = word;
	return count;
}

static void roomy(int fd)
{
	struct timeval wait = { .tv_usec = WAIT_MICROSECONDS };
	int size = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
}

void end_open(struct end *end, const char *given)
{
	char text[300], *words[3], *rest;
	int count;

	*end = (struct end){ .fd = -1, .control = -1, .listener = -1 };
	snprintf(text, sizeof(text), "%s", given);
	rest = strchr(text, ':');
	if (rest)
		*rest++ = 0;
	count = rest ? split(rest, words, 3) : 0;
	if (!strcmp(text, "dgram") && count == 2) {
		end->kind = DGRAM;
		end->fd = bound(SOCK_DGRAM, words[0]);
		snprintf(end->peer, sizeof(end->peer), "%s", words[1]);
	} else if (!strcmp(text, "stream") && count == 1) {
		end->kind = STREAM;
		end->fd = socket(AF_UNIX, SOCK_STREAM, 0);
		call(end->fd, words[0]);
	} else if (!strcmp(text, "stream-wait") && count == 1) {
		end->kind = STREAM_WAIT;
		end->listener = bound(SOCK_STREAM, words[0]);
		listen(end->listener, 1);
	} else if (!strcmp(text, "vde") && count == 1) {
		end->kind = VDE;
		open_vde(end, words[0]);
	} else if (!strcmp(text, "tap") && count == 1) {
		end->kind = TAP;
		open_tap(end, words[0]);
	} else if (!strcmp(text, "vxlan") && count == 3) {
		end->kind = VXLAN;
		end->vni = atoi(words[0]);
		open_vxlan(end, words[1], words[2]);
	} else {
		fprintf(stderr, "%s: no end (ends.h lists them)\n", given);
		exit(2);
	}
	if (end->fd >= 0)
		roomy(end->fd);
}

void end_ready(struct end *end)
{
	if (end->kind == DGRAM)
		call(end->fd, end->peer);
	if (end->kind == STREAM_WAIT) {
		end->fd = accept(end->listener, NULL, NULL);
		if (end->fd < 0)
			end_die("accept");
		roomy(end->fd);
	}
	if (end->kind == STREAM || end->kind == STREAM_WAIT)
		end->unread = malloc(STREAM_BUFFER);
}

void end_close(struct end *end)
{
	close(end->fd);
	if (end->control >= 0)
		close(end->control);
	if (end->listener >= 0)
		close(end->listener);
}

static int is_stream(const struct end *end)
{
	return end->kind == STREAM || end->kind == STREAM_WAIT;
}

size_t end_head_size(const struct end *end)
{
	return is_stream(end) ? 4 : end->kind == VXLAN ? 8 : 0;
}

void end_head(const struct end *end, uint8_t *head, size_t frame_size)
{
	if (is_stream(end))
		*(uint32_t *)head = htonl(frame_size);
	else if (end->kind == VXLAN) {
		/* RFC 7348: flag I, and the VNI in the upper three octets. */
		*(uint32_t *)head = htonl(0x08000000);
		*(uint32_t *)(head + 4) = htonl(end->vni << 8);
	}
}

static int send_datagrams(struct end *end, uint8_t *batch, size_t size, int count)
{
	static struct mmsghdr messages[END_BATCH];
	static struct iovec parts[END_BATCH];
	int sent;

	if (count == 1)
		return sendto(end->fd, batch, size, 0, NULL, 0) < 0 ? -1 : 1;
	for (int i = 0; i < count; i++) {
		parts[i] = (struct iovec){ .iov_base = batch + i * size, .iov_len = size };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	sent = sendmmsg(end->fd, messages, count, 0);
	return sent;
}

static int send_stream(struct end *end, uint8_t *batch, size_t size, int count)
{
	for (size_t done = 0; done < count * size;) {
		ssize_t taken = send(end->fd, batch + done, count * size - done, MSG_NOSIGNAL);

		if (taken < 0)
			return -1;
		done += taken;
	}
	return count;
}

static int send_segments(struct end *end, uint8_t *batch, size_t size, int count)
{
	char room[CMSG_SPACE(sizeof(uint16_t))] = {};
	struct iovec part = { .iov_base = batch, .iov_len = count * size };
	struct msghdr message = { .msg_name = &end->to, .msg_namelen = sizeof(end->to), .msg_iov = &part, .msg_iovlen = 1,
				  .msg_control = room, .msg_controllen = sizeof(room) };
	struct cmsghdr *option = CMSG_FIRSTHDR(&message);

	if (count == 1)
		return sendto(end->fd, batch, size, 0, (struct sockaddr *)&end->to, sizeof(end->to)) < 0 ? -1 : 1;
	option->cmsg_level = IPPROTO_UDP;
	option->cmsg_type = UDP_SEGMENT;
	option->cmsg_len = CMSG_LEN(sizeof(uint16_t));
	*(uint16_t *)CMSG_DATA(option) = size;
	return sendmsg(end->fd, &message, 0) < 0 ? -1 : count;
}

static int send_tap(struct end *end, uint8_t *batch, size_t size, int count)
{
	for (int i = 0; i < count; i++) {
		if (write(end->fd, batch + i * size, size) < 0)
			return i;
	}
	return count;
}

int end_send(struct end *end, uint8_t *batch, size_t frame_size, int count)
{
	size_t size = end_head_size(end) + frame_size;
	int sent = is_stream(end) ? send_stream(end, batch, size, count) : end->kind == VXLAN ? send_segments(end, batch, size, count)
		 : end->kind == TAP ? send_tap(end, batch, size, count) : send_datagrams(end, batch, size, count);

	/* Nobody there, or no room: the frames are lost to whoever counts them. */
	if (sent < 0 && errno != ECONNREFUSED && errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
		end_die("send");
	return sent < 0 ? 0 : sent;
}

static void receive_datagrams(struct end *end, void (*seen)(const uint8_t *, size_t))
{
	static uint8_t frames[END_BATCH][END_LONGEST];
	static struct mmsghdr messages[END_BATCH];
	static struct iovec parts[END_BATCH];
	int count;

	for (int i = 0; i < END_BATCH; i++) {
		parts[i] = (struct iovec){ .iov_base = frames[i], .iov_len = END_LONGEST };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	count = recvmmsg(end->fd, messages, END_BATCH, MSG_WAITFORONE, NULL);
	for (int i = 0; i < count; i++)
		seen(frames[i], messages[i].msg_len);
}

static void receive_stream(struct end *end, void (*seen)(const uint8_t *, size_t))
{
	ssize_t size = recv(end->fd, end->unread + end->unread_size, STREAM_BUFFER - end->unread_size, 0);
	size_t at = 0;

	if (size <= 0)
		return;
	end->unread_size += size;
	while (end->unread_size - at >= 4) {
		size_t frame = ntohl(*(uint32_t *)(end->unread + at));

		if (frame > END_LONGEST) {
			fprintf(stderr, "stream: a frame of %zu octets\n", frame);
			exit(1);
		}
		if (end->unread_size - at - 4 < frame)
			break;
		seen(end->unread + at + 4, frame);
		at += 4 + frame;
	}
	end->unread_size -= at;
	memmove(end->unread, end->unread + at, end->unread_size);
}

static void receive_segments(struct end *end, void (*seen)(const uint8_t *, size_t))
{
	static uint8_t buffer[1 << 16];
	char room[CMSG_SPACE(sizeof(int))] = {};
	struct iovec part = { .iov_base = buffer, .iov_len = sizeof(buffer) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room) };
	ssize_t size = recvmsg(end->fd, &message, 0);
	int segment = size;

	for (struct cmsghdr *option = size > 0 ? CMSG_FIRSTHDR(&message) : NULL; option; option = CMSG_NXTHDR(&message, option)) {
		if (option->cmsg_level == IPPROTO_UDP && option->cmsg_type == UDP_GRO)
			segment = *(int *)CMSG_DATA(option);
	}
	for (ssize_t at = 0; at < size; at += segment) {
		ssize_t length = size - at < segment ? size - at : segment;

		if (length > 8)
			seen(buffer + at + 8, length - 8);
	}
}

static void receive_tap(struct end *end, void (*seen)(const uint8_t *, size_t))
{
	static uint8_t frame[END_LONGEST];
	struct pollfd wait = { .fd = end->fd, .events = POLLIN };
	ssize_t size = read(end->fd, frame, sizeof(frame));

	if (size < 0 && poll(&wait, 1, WAIT_MICROSECONDS / 1000) > 0)
		size = read(end->fd, frame, sizeof(frame));
	if (size > 0)
		seen(frame, size);
}

void end_receive(struct end *end, void (*seen)(const uint8_t *frame, size_t size))
{
	if (is_stream(end))
		receive_stream(end, seen);
	else if (end->kind == VXLAN)
		receive_segments(end, seen);
	else if (end->kind == TAP)
		receive_tap(end, seen);
	else
		receive_datagrams(end, seen);
}
