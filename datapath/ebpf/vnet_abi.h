/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * vnet_abi.h: what the kernel program and its driver share. Every binary layout is drawn here and nowhere else.
 *
 * All values are in the host's byte order unless a name ends in Be. A MAC address is a 48-bit integer whose most
 * significant octet is the first on the wire. Offsets are bytes. Change VNET_ABI_VERSION with any layout below:
 * a driver adopts pinned maps only when vnet_ctl.abi_version equals its own.
 */
#ifndef VNET_ABI_H
#define VNET_ABI_H

#include <linux/types.h>

#define VNET_ABI_VERSION 8

/* Sizes. Map names are the identifiers in maps.h; they are repeated here for drivers in other languages.
 *
 *   name           type          flags     key         value                        entries
 *   ctl            ARRAY         MMAPABLE  u32 0       vnet_ctl                     1
 *   port_ids       HASH          -         u32 ifindex u32 port id                  VNET_PORTS
 *   near_ports     ARRAY         MMAPABLE  ifindex     u32 port id, or 0            VNET_NEAR_PORTS
 *   ports          ARRAY         MMAPABLE  port id     vnet_port                    VNET_PORTS
 *   port_masks     ARRAY         MMAPABLE  port id     vnet_port_masks              VNET_PORTS
 *   masks          ARRAY         MMAPABLE  u32 0       vnet_masks                   1
 *   flow_entries   ARRAY         MMAPABLE  slot        vnet_flow_entry              VNET_FLOWS *
 *   flow_index     ARRAY         MMAPABLE  u32 0       vnet_flow_index              1
 *   flow_stats     ARRAY         MMAPABLE  see there   vnet_flow_stats              VNET_FLOWS * for each CPU
 *   action_lists   ARRAY         MMAPABLE  list id     vnet_action_list             VNET_LISTS *
 *   port_stats     PERCPU_ARRAY  -         port id     vnet_port_stats              VNET_PORTS
 *   drops          PERCPU_ARRAY  -         port*64+r   u64 frames                   VNET_PORTS * 64
 *   ticks          PERCPU_ARRAY  -         u32 0       vnet_tick (program only)     1
 *   miss_buckets   ARRAY         -         port id     vnet_bucket (program only)   VNET_PORTS
 *   copy_buckets   ARRAY         -         port id     vnet_bucket (program only)   VNET_PORTS
 *   meters         ARRAY         MMAPABLE  meter slot  vnet_meter                   VNET_METERS
 *   counters       ARRAY         MMAPABLE  count slot  vnet_counter (driver only)   VNET_COUNTERS
 *   counter_stats  PERCPU_ARRAY  -         count slot  vnet_counter_stats           VNET_COUNTERS
 *   port_books     ARRAY         MMAPABLE  port id     vnet_port_books (driver's)   VNET_PORTS
 *   key_out        ARRAY         -         u32 0       vnet_key_out (tests only)    1
 *
 * Entries marked * may be set before load (bpf_map__set_max_entries); flow_stats to as many as
 * flow_entries for each possible CPU.
 */
#define VNET_PORTS        1024   /* ids 1..1023; id 0 stands for "no port" and collects its drops */
#define VNET_NEAR_PORTS   65536  /* devices below this ifindex are found in near_ports too, all are in port_ids */
#define VNET_MASKS        2048   /* ids, those of draining flows among them */
#define VNET_NO_MASK      0xffffffffu
#define VNET_PORT_MASKS   32     /* masks per ingress port, and as many for draining flows */
#define VNET_FLOWS        262144
#define VNET_BUCKETS      131072  /* 2^VNET_BUCKET_BITS */
#define VNET_BUCKET_BITS  17
#define VNET_LISTS        4096
#define VNET_ACTIONS      128    /* actions per list; a longer one goes on in others */
#define VNET_CHAIN        132    /* lists that one may go on in: 16,384 actions */
#define VNET_REASONS      64     /* drop reasons per port */
#define VNET_METERS       4096
#define VNET_COUNTERS     1024

/*
 * Flow key: 11 x u64, composed by shifts.
 *
 *        63            48 47            32 31            16 15  12 11   8 7  6 5    3 2  1 0
 *   w0  |        ingress port id          |   EtherType    | outer| inner|frag|class |TTL |0|
 *   w1  |        destination MAC                           |  outer TCI (PCP 3 DEI 1 VID 12) |
 *   w2  |        source MAC                                |  inner TCI                      |
 *   w3  | IP proto | TOS  |   TCP flags    | L4 source port |  L4 destination port            |
 *   w4  |        tunnel id (0)            |  0; in a masked key: the mask id                  |
 *   w5  |        IP source, high half;       ARP: sender MAC                                  |
 *   w6  |        IP source, low half; IPv4: low 32 bits;  ARP: sender IPv4                     |
 *   w7  |        IP destination, high half;  ARP: target MAC                                  |
 *   w8  |        IP destination, low half; IPv4: low 32 bits;  ARP: target IPv4               |
 *   w9  |        tunnel remote address (0)                                                    |
 *   w10 |        tunnel remote address (0)                                                    |
 *
 *   outer, inner tag   0 none, 1 TPID 0x8100, 2 TPID 0x88a8
 *   frag               0 none, 1 first, 2 later
 *   TTL class          0 TTL 0 or no IP, 1 TTL 1, 2 TTL >= 2
 *   IP proto           last header after IPv6 extension headers; ARP: opcode
 *   L4 ports           ICMP and ICMPv6: type, code
 *   TCP flags          12 bits: bytes 12..13 of the TCP header & 0x0fff
 *
 * A mask has the same layout, a set bit is compared. Port id (w0 63..32) is set in every mask. The low half of w4 is 0.
 * A masked key is key & mask; it is hashed with the mask id in the low half of w4.
 */
#define VNET_KEY_WORDS 11
struct vnet_key {
	__u64 w[VNET_KEY_WORDS];
};

/* Two cache lines each. All stand in one element, so that the program looks for it once a frame and not once a mask. */
struct vnet_mask {
	__u64 w[VNET_KEY_WORDS];
	__u64 groups;		/* VNET_GROUP_L3: words 5 to 8 have bits at all */
	__u64 reserved[4];
};

struct vnet_masks {
	struct vnet_mask by_id[VNET_MASKS];
};

#define VNET_GROUP_L3 1u

#define VNET_TAG_NONE 0
#define VNET_TAG_8021Q 1
#define VNET_TAG_8021AD 2

#define VNET_FRAGMENT_NONE 0
#define VNET_FRAGMENT_FIRST 1
#define VNET_FRAGMENT_LATER 2

/*
 * Parse classes. Where a header is wrong in two ways the first of these checks decides, so that every parser agrees:
 *   tags   4 bytes (TCI, next EtherType) after a TPID fit
 *   IPv4   20 bytes fit; version 4 and IHL >= 5; total length >= IHL*4; total length fits
 *   IPv6   40 bytes fit; version 6; not payload length 0 with next header 0 (jumbo); payload length fits
 *   ARP    28 bytes fit; hardware 1, protocol 0x0800, sizes 6 and 4, opcode 1..255
 *   IPv6 extension header: at most 8; 8 bytes fit; its own length fits
 * A superframe beyond 64 KiB (BIG TCP) has a length of 0, as its own does not fit the field: a total length, or payload length, of
 * 0 stands for all that follows where more than 65,535 bytes do. IPv6 of Linux 6.18 then begins with a hop-by-hop header, which the
 * kernel takes off when it makes segments. So the key is that of each segment.
 * A FRAGMENT header never clears what an earlier one set: with several, "later" wins over "first" over "none".
 */
#define VNET_CLASS_OK 0
#define VNET_CLASS_L3_TRUNCATED 1
#define VNET_CLASS_L3_BAD 2
#define VNET_CLASS_L4_TRUNCATED 3
#define VNET_CLASS_L4_BAD 4
#define VNET_CLASS_TAG_TRUNCATED 5

#define VNET_W0_PORT_SHIFT 32
#define VNET_W0_ETHERTYPE_SHIFT 16
#define VNET_W0_OUTER_SHIFT 12
#define VNET_W0_INNER_SHIFT 8
#define VNET_W0_FRAGMENT_SHIFT 6
#define VNET_W0_CLASS_SHIFT 3
#define VNET_W0_TTL_SHIFT 1
#define VNET_W3_PROTO_SHIFT 56
#define VNET_W3_TOS_SHIFT 48
#define VNET_W3_FLAGS_SHIFT 32
#define VNET_W3_SOURCE_SHIFT 16

/*
 * Key hash: s = sum(w[i] * ctl.factors[i]) modulo 2^64 over the masked key, mask id included; the hash is the high half of
 * (s ^ s >> 32) * VNET_HASH_MIX. Multiplications are independent, so it costs about 4 ns where a chained mix costs 15; the
 * last one keeps rows of keys that count up from falling together. The factors are odd, of the driver's choice at
 * random and kept as long as the maps: a guest that knew them could fill the buckets of its neighbours' flows.
 */
#define VNET_HASH_MIX 0x9e3779b97f4a7c15ULL

/* Control block, one per switch.
 *
 *    0        4            8       12             16            24                32                64
 *   +--------+------------+-------+--------------+-------------+-----------------+-----------------+
 *   | abi    | miss tap   | insp. | reserved     | heartbeat ns| heartbeat limit | flow count, ... |
 *   +--------+------------+-------+--------------+-------------+-----------------+-----------------+
 *   | hash factors (11)                                                                            |
 *   +----------------------------------------------------------------------------------------------+ 152
 */
struct vnet_ctl {
	__u32 abi_version;	/* VNET_ABI_VERSION of the driver that made the maps */
	__u32 tap_ifindex;	/* where misses go; 0: drop them */
	__u32 inspect_ifindex;	/* where INSPECT and COPY_UP send, so that neither kind takes the other's room; 0: where misses go */
	__u32 reserved1;
	__u64 heartbeat_ns;	/* reserved for the dead-man policy: CLOCK_MONOTONIC of the driver's last sign of life */
	__u64 heartbeat_limit_ns;
	__u32 flow_count;	/* entries of flow_entries */
	__u32 reserved0;
	__u64 reserved[3];
	__u64 factors[VNET_KEY_WORDS];
};

/* Port. The driver writes one field at a time, each with one store.
 *
 *    0         4       8          16    20          24           28         32
 *   +---------+-------+----------+-----+-----------+------------+----------+
 *   | ifindex | flags | peer MAC | mtu | miss rate | miss burst | reserved |
 *   +---------+-------+----------+-----+-----------+------------+----------+
 */
struct vnet_port {
	__u32 ifindex;		/* 0: no device */
	__u32 flags;		/* VNET_PORT_* */
	__u64 peer_mac;		/* VNET_PORT_PEER applies to frames for this address only */
	__u32 mtu;		/* most bytes above the Ethernet header and tags that may leave here; 0: unchecked */
	__u32 miss_rate;	/* misses per second that may go up from here; 0: unlimited. Inspect is not limited */
	__u32 miss_burst;	/* at least miss_rate / 250: the clock ticks every 4 ms */
	__u32 reserved;
};

#define VNET_PORT_UP 1u		/* outputs may be sent; otherwise they count as datapath/link-down */
/*
 * The other end of the veth is in another network namespace and UP, and nothing looks at the device, which is passed by (its queue
 * discipline, egress programs, packet sockets; XDP at the other end): deliver by bpf_redirect_peer. The kernel then marks
 * the frame as addressed to the receiving host whatever its destination is (measured), so only frames for peer_mac
 * may go that way; a receiver that forwards would otherwise forward what was flooded to it.
 */
#define VNET_PORT_PEER 2u
#define VNET_PORT_BLOCKED 4u	/* nothing in, nothing out. A port starts so */

/*
 * Masks of one ingress port, and behind them those of its draining flows. The program tries mask_id[0][0..counts[0]), then
 * reads counts[1] and tries mask_id[1][0..counts[1]). A mask keeps its place while it is in use; VNET_NO_MASK is a
 * free place. Counts are one more than the last place in use.
 *
 *    0       4             8                   136                       264
 *   +-------+-------------+-------------------+-------------------------+
 *   | count | drain count | mask ids (32)     | drain mask ids (32)     |
 *   +-------+-------------+-------------------+-------------------------+
 */
struct vnet_port_masks {
	__u32 counts[2];			/* of masks, of those of draining flows */
	__u32 mask_id[2][VNET_PORT_MASKS];	/* likewise */
};

/* Which word of a masked key stands where in a flow entry. */
#define VNET_NEAR_WORDS 6
#define VNET_FAR_WORDS 5
#define VNET_NEAR_WORD(i) ((i) < 4 ? (i) : 2 * (i) - 2)
#define VNET_FAR_WORD(i) ((i) < 2 ? (i) + 4 : (i) == 2 ? 7 : (i) + 6)

/*
 * Flow entry. A frame acts by `word`, which one 64-bit store changes: so it sees the old list or the new one. The stamp of an
 * installed flow is its slot, generation and word: an entry that nobody touched keeps all, so that two dumps of the maps
 * (bpftool map dump pinned) show which flows were written between them.
 *
 *    0      8                          56           60     62     64                      104        128
 *   +------+--------------------------+------------+------+------+-----------------------+----------+
 *   | word | masked w0 w1 w2 w3 w6 w8 | generation | mask | wide | masked w4 w5 w7 w9 w10| reserved |
 *   +------+--------------------------+------------+------+------+-----------------------+----------+
 *   word: hash of the masked key << 32 | action list id. w4 without the mask id.
 *
 * The first cache line has all that IPv4 compares: `wide` says whether the words in the second one have anything.
 */
struct vnet_flow_entry {
	__u64 word;
	__u64 near[VNET_NEAR_WORDS];
	__u32 generation;	/* of the driver's choice; comes back in upcalls, so that a late one is not taken for a new flow */
	__u16 mask;		/* id */
	__u16 wide;		/* 0: far is all zeros */
	__u64 far[VNET_FAR_WORDS];
	__u64 reserved[3];
};

#define VNET_WORD_LIST(word) ((__u32)(word))
#define VNET_WORD_HASH(word) ((__u32)((word) >> 32))

/*
 * Flow index: what leads from a hash to entries. A bucket is one cache line; a flow stands in the bucket that the high bits of
 * its hash name, or, when that had no room, in the one that the low bits name (or its neighbour, if that is the same).
 *
 *    63                    32 31 30                  0
 *   +------------------------+--+---------------------+
 *   | hash of the masked key | d| slot + 1            |  x 8     0: nothing. d: the flow drains
 *   +------------------------+--+---------------------+
 * An octet of marks for each bucket has bit (hash & 7) of each flow whose first bucket it is, wherever that stands. A frame looks
 * there first: all marks fit into a second-level cache, where the buckets of 1,000 flows under 32 masks do not. A mark is
 * stored after the place, and goes after the place is 0, when no other flow needs it; one too many does no harm.
 *
 * A frame reads: index word, then word of the entry (the hash must be right), then all of the key (it must be equal), then
 * the index word once more; when that has changed, the flow does not match. Who writes an entry has stored 0 in its index
 * word before, and stores key, then word, then index word. So whoever read the same index word twice read an entry that was
 * whole, or one that was made anew in between for a key equal to the frame's: word is read first and written last, so a
 * word of another flow would be followed by that one's key. (What is left: a slot that went to a second key of the same 32-bit
 * hash and back while one frame was at it.) The order of loads is that of the program, which x86-64 keeps; where the
 * processor reorders loads, wait for a grace before a slot is used again.
 *
 * Draining is one store that sets d: regular masks find words without it, masks of draining flows those with it.
 */
#define VNET_BUCKET_PLACES 8
struct vnet_bucket_line {
	__u64 places[VNET_BUCKET_PLACES];
};

struct vnet_flow_index {
	__u8 marks[VNET_BUCKETS];
	struct vnet_bucket_line lines[VNET_BUCKETS];
};

#define VNET_MARK(hash) (1u << ((hash) & 7))
#define VNET_PLACE_DRAINS 0x80000000u
#define VNET_PLACE_SLOT(place) (((__u32)(place) & ~VNET_PLACE_DRAINS) - 1)
#define VNET_PLACE_HASH(place) ((__u32)((place) >> 32))

/* Actions.
 *
 *    0      2      4          8                16
 *   +------+------+----------+----------------+
 *   | type | a16  | a32      | a64            |
 *   +------+------+----------+----------------+
 *
 *   1 OUTPUT        a32 port id. The frame as it now is; later actions do not disturb it. a64 gates: bit g set, and
 *                   the meter of gate g closed it: a drop, datapath/metered, instead
 *   2 SET_ETH_DST   a64 MAC
 *   3 SET_ETH_SRC   a64 MAC
 *   4 SET_VLAN_PCP  a16 0..7, outermost tag; no tag: nothing
 *   5 SET_DSCP      a16 0..63; IPv4 header checksum follows; not IP, or IP that did not parse: nothing
 *   6 PUSH_TAG      a16 TCI, a32 TPID 0x8100 or 0x88a8
 *   7 POP_TAG       outermost tag; no tag: nothing
 *   8 INSPECT       a32 upcall reason. The frame as it now is goes up
 *   9 DROP          a32 drop reason, 63 at most. Counts a16 drops and one; it does not end the list. a16 is 0 in the last action
 *  10 SET_VLAN_VID  a16 0..4095, outermost tag; no tag: nothing
 *  11 COPY_UP       a32 upcall reason. A copy goes up if the port's allowance of copies permits, and counts as a copy
 *                   and an inspect; else nothing counts. Never the last action
 *  12 METER         a16 gate 0..63, a32 meter slot. Opens the gate if the frame, as it was received, is within the rate, else closes it
 *  13 COUNT         a32 counter slot
 *  14 SET_IP_SRC_HIGH  a64 first 64 bits of the IPv6 source address; not IPv6: nothing
 *  15 SET_IP_SRC_LOW   a64 the other 64 bits, or the IPv4 source address in the low 32; no IP that parsed: nothing
 *  16 SET_IP_DST_HIGH  as 14, destination
 *  17 SET_IP_DST_LOW   as 15, destination
 *  18 SET_L4_SRC    a16 source port of TCP or UDP; other, or a later fragment, or L4 that did not parse: nothing
 *  19 SET_L4_DST    a16 destination port, likewise
 *  20 OUTPUTS       a64 bit b: as OUTPUT to port 64 * a16 + b, ascending, but not to the port that the frame came in by; a32 gates
 *                   0..31. Never the last action. So a flood is the same list whichever of its ports the frame came in by
 *  21 NEXT          a32 list id: the list goes on there, VNET_CHAIN times at most. Last action of its part only, which is no group
 *
 * 14 to 19 keep the checksums of IPv4, TCP, UDP and ICMPv6 as right or wrong as they were; a UDP checksum of 0 stays 0.
 *
 * The last action of a list (of its last part) disposes of the frame: OUTPUT or INSPECT without a copy, or DROP. A list that is empty or ends
 * with a rewrite counts as one datapath/no-actions beside what it did. Earlier sends work on copies.
 */
struct vnet_action {
	__u16 type;
	__u16 a16;
	__u32 a32;
	__u64 a64;
};

#define VNET_ACTION_OUTPUT 1
#define VNET_ACTION_SET_ETH_DST 2
#define VNET_ACTION_SET_ETH_SRC 3
#define VNET_ACTION_SET_VLAN_PCP 4
#define VNET_ACTION_SET_DSCP 5
#define VNET_ACTION_PUSH_TAG 6
#define VNET_ACTION_POP_TAG 7
#define VNET_ACTION_INSPECT 8
#define VNET_ACTION_DROP 9
#define VNET_ACTION_SET_VLAN_VID 10
#define VNET_ACTION_COPY_UP 11
#define VNET_ACTION_METER 12
#define VNET_ACTION_COUNT 13
#define VNET_ACTION_SET_IP_SRC_HIGH 14
#define VNET_ACTION_SET_IP_SRC_LOW 15
#define VNET_ACTION_SET_IP_DST_HIGH 16
#define VNET_ACTION_SET_IP_DST_LOW 17
#define VNET_ACTION_SET_L4_SRC 18
#define VNET_ACTION_SET_L4_DST 19
#define VNET_ACTION_OUTPUTS 20
#define VNET_ACTION_NEXT 21

/* The allowance of copies of each port: frames per second, and how many at once. A superframe is one, unless it comes up as its segments. */
#define VNET_COPY_RATE 1000
#define VNET_COPY_BURST 256

/*
 * Action list: 16 bytes of header, then the actions. Immutable while a slot names it, but for `group`. 2064 bytes.
 *
 *    0       4       8            12            16
 *   +-------+-------+------------+-------------+---------
 *   | count | group | group port | group first | actions
 *   +-------+-------+------------+-------------+---------
 *
 * Group, unless 0: the actions from `group first` on are OUTPUTs without gates, two at least and VNET_GROUP_OUTPUTS at most, and
 * for frames that come in by `group port` a tc filter at the ingress of its device sends them all. The program runs
 * what stands before, counts the outputs, stores the number of the group in skb->cb[VNET_GROUP_CB] and returns TC_ACT_UNSPEC, so
 * that filters follow; when an output would be a drop, it runs the list as if there were no group. The filter's classifier
 * compares cb; its actions are mirred, the last of which takes the frame. The driver stores group after the filter is there,
 * and 0 a while before it goes, before a device of the group changes, and before the list is used anew.
 */
#define VNET_GROUP_OUTPUTS 32	/* actions that a tc filter has at most (TCA_ACT_MAX_PRIO) */
#define VNET_GROUP_CB 4
#define VNET_PACKET_OTHERHOST 3
struct vnet_action_list {
	__u32 count;
	__u32 group;
	__u32 group_port;
	__u32 group_first;
	struct vnet_action actions[VNET_ACTIONS];
};

/*
 * Upcall: what a read of the tap returns (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR). vnet_upcall, attached to the egress of the
 * tap, puts 16 bytes in front of the frame. The kernel delivers the outermost tag of most frames beside the frame, and the
 * tap inserts it at byte 12 of what it holds, which is here inside the prefix and so at a place we know:
 *
 *   without a tag beside the frame                    with one
 *    0           10   14   18   22  24 25 26             0           10   14   18   22   24  26  28 29 30
 *   +-----------+----+----+----+---+--+--+-------       +-----------+----+----+----+----+---+---+--+--+-------
 *   |virtio_net |port|slot|gen |'VN'|r |f | frame       |virtio_net |port|slot|gen |TPID|TCI|'VN'|r |f | frame
 *   +-----------+----+----+----+---+--+--+-------       +-----------+----+----+----+----+---+---+--+--+-------
 *
 * Byte 12 of the prefix is 'V' (0x56) or the first byte of a TPID (0x81, 0x88, network order as on the wire). The tag goes
 * back in between the addresses and the EtherType of the frame. csum_start and hdr_len of virtio_net_hdr count the 16 or 20
 * bytes of prefix; csum_offset does not change. Drawn with the 10-byte virtio_net_hdr (TUNSETVNETHDRSZ 12 adds two).
 */
struct vnet_upcall_prefix {
	__u32 port;		/* ingress port id */
	__u32 slot;		/* flow slot, VNET_NO_SLOT for a miss */
	__u32 generation;	/* of the flow; 0 for a miss */
	__u8 magic[2];		/* 'V' 'N' */
	__u8 reason;		/* VNET_UPCALL_MISS, or what INSPECT said */
	__u8 flags;		/* reserved, 0 */
};

#define VNET_NO_SLOT 0xffffffffu
#define VNET_MAGIC_0 0x56
#define VNET_MAGIC_1 0x4e
#define VNET_UPCALL_MISS 0
#define VNET_UPCALL_INSPECT 1	/* by INSPECT a32, as others from 3 to 255 are the driver's own */
#define VNET_UPCALL_COPY 2	/* by COPY_UP a32: the frame itself went on */

/*
 * Drop reasons, per ingress port. 14..16 and 18..22 drivers count by themselves; from 23 on they are the switch's own (DROP a32).
 *   1 runt            shorter than an Ethernet header
 *   2 unknown-port    no port id for the device (counted at port 0)
 *   3 blocked         the ingress port is blocked
 *   4 link-down       an output's port is not UP or has no device
 *   5 no-upcall       no tap is set
 *   6 output-failed   the kernel refused a copy (device down or gone, congestion, no memory)
 *   7 bad-output      an output's port id does not exist
 *   8 output-blocked  an output's port is blocked
 *   9 too-long        the frame exceeds the mtu of the output's port
 *  10 no-actions      the flow's list is missing, empty, or ends with a rewrite
 *  11 miss-limit      the port's miss rate is used up
 *  12 no-memory       headers could not be read or rewritten
 *  13 bad-action      unknown action type
 *  17 metered         an output's meter refused the frame
 */
#define VNET_DROP_RUNT 1
#define VNET_DROP_UNKNOWN_PORT 2
#define VNET_DROP_BLOCKED 3
#define VNET_DROP_LINK_DOWN 4
#define VNET_DROP_NO_UPCALL 5
#define VNET_DROP_OUTPUT_FAILED 6
#define VNET_DROP_BAD_OUTPUT 7
#define VNET_DROP_OUTPUT_BLOCKED 8
#define VNET_DROP_TOO_LONG 9
#define VNET_DROP_NO_ACTIONS 10
#define VNET_DROP_MISS_LIMIT 11
#define VNET_DROP_NO_MEMORY 12
#define VNET_DROP_BAD_ACTION 13
#define VNET_DROP_METERED 17
#define VNET_DROP_FIRST_FREE 23

/*
 * Counters. A "frame" is one on the wire: a GSO superframe counts its segments, bytes are theirs, tags included, without FCS.
 * An skb is one superframe. Per ingress port, once traffic is quiet, per CPU and summed:
 *
 *   rx_frames + copies == sent + misses + inspects + sum(drops of this port)
 *
 * copies are outputs, upcalls and drops beyond the one that disposes of the received frame. rx_skbs equals the kernel's rx_packets of the
 * device since attach. Over all ports sum(sent) == sum(tx_frames). tx_skbs equals the device's tx_packets for outputs
 * that did not go to the peer and that the device took; tx_peer_skbs leave no trace in the host's device.
 */
struct vnet_port_stats {
	__u64 rx_frames;
	__u64 rx_bytes;
	__u64 rx_skbs;
	__u64 tx_frames;	/* of the egress port */
	__u64 tx_bytes;
	__u64 tx_skbs;
	__u64 tx_peer_skbs;	/* part of tx_skbs that went by bpf_redirect_peer */
	__u64 copies;		/* this and below: of the ingress port */
	__u64 sent;
	__u64 misses;
	__u64 inspects;
	__u64 reserved;
};

/*
 * Value of flow_stats: what one CPU counted, at CPU * ctl.flow_count + slot, so that CPUs share no cache line. A per-CPU array would do the
 * same by allocating each of its entries, which takes 0.4 s, and has to be read by system calls.
 */
struct vnet_flow_stats {
	__u64 frames;
	__u64 bytes;
	__u64 last_seen_ns;	/* CLOCK_MONOTONIC_COARSE: at most two ticks (8 ms) behind CLOCK_MONOTONIC */
};

/*
 * What the driver counts itself, kept here so that it outlives the process. The programs do not read it. Words of 8 bytes:
 * drops by reason, then received, received bytes, received units, sent, sent bytes, outputs, copies, up, and arrived:
 * frames on the wire that the driver read from the tap of misses, and from that of inspected frames. Last, one more than
 * what the port's device itself had dropped (tx_dropped); 0 when the driver has not looked.
 */
struct vnet_port_books {
	__u64 drops[VNET_REASONS];
	__u64 counters[8];
	__u64 arrived[2];
	__u64 device_dropped;
	__u64 reserved[5];
};

/* Value of ticks, the program's own: the coarse clock as it was when jiffies had this value. */
struct vnet_tick {
	__u64 jiffies;
	__u64 nanos;
};

/* Value of miss_buckets and copy_buckets, the program's own. */
struct vnet_bucket {
	__u64 due_ns;		/* when the next one would be due at the rate */
};

/* Meter: a token bucket as the time at which it will be full again. A tick is 1/64 ns of CLOCK_MONOTONIC.
 *
 *    0    8             16            24            32          40            48         64
 *   +----+-------------+-------------+-------------+-----------+-------------+----------+
 *   | id | bits/second | burst bytes | burst ticks | due ticks | opens ticks | reserved |
 *   +----+-------------+-------------+-------------+-----------+-------------+----------+
 *
 * A frame passes while due - now <= burst, that is while the bucket is not in debt, and then moves due on from max(due, now) by
 * the time that all its wire bytes take at the rate, with one compare-and-swap: so superframes longer than the bucket
 * pass, the rate holds in the long run, and CPUs, and the driver for frames that came up, share a bucket without a lock.
 * The first frame that finds the bucket in debt closes the meter until now + min(burst / 2, VNET_METER_CLOSED_TICKS), stored in opens.
 * NB: a TCP sender near by repeats within microseconds what it learns is lost. Into a dry bucket that is lost again, and it waits
 * 200 ms; when all of a tail is lost, it asks after some milliseconds and goes on. 2 to 9 times the rate of before (./vnet bench meter).
 * Rate 0: the slot is free; a list that names it refuses. The driver writes rate last.
 */
struct vnet_meter {
	__u64 id;		/* the driver's own */
	__u64 rate;
	__u64 burst_bytes;	/* the driver's own: burst ticks are made of it */
	__u64 burst_ticks;
	__u64 due_ticks;
	__u64 opens_ticks;
	__u64 reserved[2];
};

#define VNET_TICK_SHIFT 6
#define VNET_TICKS_PER_SECOND 64000000000ULL
#define VNET_METER_CLOSED_TICKS 64000000ULL	/* 1 ms, which is less than TCP waits with a probe */

/* Counter as the driver keeps it: what it counted for frames that came up, and whose it is. */
struct vnet_counter {
	__u64 id;		/* the driver's own */
	__u64 used;		/* 0: the slot is free */
	__u64 frames;
	__u64 bytes;
};

struct vnet_counter_stats {
	__u64 frames;
	__u64 bytes;
};

/* What vnet_key, the test program, found. */
struct vnet_key_out {
	struct vnet_key key;
	__u32 status;		/* 0: key is valid; otherwise the drop reason */
	__u32 frames;		/* wire frames */
	__u64 bytes;		/* wire bytes */
	__u64 runs;		/* grows by one with each frame */
};

#endif
