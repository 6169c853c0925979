/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where a program of user space is attached to a switch. Text forms:
 *
 *   dgram:LOCAL,PEER       Unix datagram socket bound to LOCAL, connected to PEER: QEMU's -netdev dgram
 *   stream:PATH            Unix stream that calls PATH; each frame behind its length, four octets: QEMU's -netdev stream
 *   stream-wait:PATH       the same, waits at PATH
 *   vde:FOLDER             a port of the VDE switch whose control socket is FOLDER/ctl
 *   tap:NAME               a tap device that is there; read(2) and write(2) of a frame each
 *   vxlan:VNI,LOCAL,PEER   UDP from LOCAL to PEER (IPv4 addresses, port 4789); batches by UDP_SEGMENT, reading with UDP_GRO
 */
#ifndef ENDS_H
#define ENDS_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

enum { END_BATCH = 64, END_LONGEST = 16384 };

struct end {
	enum { DGRAM, STREAM, STREAM_WAIT, VDE, TAP, VXLAN } kind;
	int fd;
	int control;		/* keeps a port of a VDE switch */
	int listener;
	uint32_t vni;
	char peer[108];
	struct sockaddr_in to;	/* another source port may answer, so it is not connected */
	uint8_t *unread;	/* of a stream */
	size_t unread_size;
};

/* Ends the program with a line when it cannot. Both of two ends of one cable are opened, then both made ready. */
void end_open(struct end *end, const char *text);
void end_ready(struct end *end);
void end_close(struct end *end);

/* Octets that this kind of end wants before each frame of a batch; end_head fills them. */
size_t end_head_size(const struct end *end);
void end_head(const struct end *end, uint8_t *head, size_t frame_size);

/*
 * Sends frames that stand one after another, each behind its head; one system call for all of them (a tap: one for each).
 * Waits for room. Returns how many were taken.
 */
int end_send(struct end *end, uint8_t *batch, size_t frame_size, int count);

/* Reads what is there, or waits 20 ms for it, and hands over each frame; one system call. */
void end_receive(struct end *end, void (*seen)(const uint8_t *frame, size_t size));

void end_die(const char *what);

#endif
