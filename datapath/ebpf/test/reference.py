#!/usr/bin/env python3
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
"""The flow key a second time, written from the rules in vnet_abi.h and not from parse.h.

  reference.py fixtures            writes fixtures/keys.txt: name, frame, port, eleven words
  reference.py fuzz <vnet-test> keys|live [count [seed]]    compares the C parser with this one on random and broken frames
"""
import random
import struct
import subprocess
import sys

OK, L3_TRUNC, L3_BAD, L4_TRUNC, L4_BAD, TAG_TRUNC = range(6)
TAGS = {0x8100: 1, 0x88A8: 2}
PORT = 7


def be(b):
    return int.from_bytes(b, "big")


def key(frame, port=PORT):
    """Eleven words, or None for a runt."""
    if len(frame) < 14:
        return None
    dst, src, et = be(frame[0:6]), be(frame[6:12]), be(frame[12:14])
    k = dict(cls=OK, frag=0, ttl=0, proto=0, tos=0, flags=0, sp=0, dp=0, a=[0, 0, 0, 0])
    tags, rest = [], frame[14:]
    while len(tags) < 2 and et in TAGS:
        if len(rest) < 4:
            k["cls"] = TAG_TRUNC
            break
        tags.append((TAGS[et], be(rest[:2])))
        et, rest = be(rest[2:4]), rest[4:]
    if k["cls"] == OK:
        {0x800: ipv4, 0x86DD: ipv6, 0x806: arp}.get(et, lambda *_: None)(rest, k)
    tags += [(0, 0)] * (2 - len(tags))
    w0 = (port << 32 | et << 16 | tags[0][0] << 12 | tags[1][0] << 8 | k["frag"] << 6 | k["cls"] << 3 | k["ttl"] << 1)
    w3 = k["proto"] << 56 | k["tos"] << 48 | k["flags"] << 32 | k["sp"] << 16 | k["dp"]
    return [w0, dst << 16 | tags[0][1], src << 16 | tags[1][1], w3, 0, *k["a"], 0, 0]


def length(field, room):
    return room if field == 0 and room > 0xFFFF else field


def ipv4(p, k):
    if len(p) < 20:
        k["cls"] = L3_TRUNC
        return
    ihl, total = p[0] & 15, length(be(p[2:4]), len(p))
    if p[0] >> 4 != 4 or ihl < 5 or total < ihl * 4:
        k["cls"] = L3_BAD
        return
    if total > len(p):
        k["cls"] = L3_TRUNC
        return
    fragment = be(p[6:8])
    k["frag"] = 2 if fragment & 0x1FFF else 1 if fragment & 0x2000 else 0
    k["tos"], k["ttl"], k["proto"] = p[1], min(p[8], 2), p[9]
    k["a"] = [0, be(p[12:16]), 0, be(p[16:20])]
    l4(p[ihl * 4:total], k, 1)


def ipv6(p, k):
    if len(p) < 40:
        k["cls"] = L3_TRUNC
        return
    size, nxt = length(be(p[4:6]), len(p) - 40), p[6]
    if p[0] >> 4 != 6 or (size == 0 and nxt == 0):
        k["cls"] = L3_BAD
        return
    if 40 + size > len(p):
        k["cls"] = L3_TRUNC
        return
    k["tos"], k["ttl"] = be(p[0:2]) >> 4 & 255, min(p[7], 2)
    k["a"] = [be(p[8:16]), be(p[16:24]), be(p[24:32]), be(p[32:40])]
    p = p[40:40 + size]
    walked = 0
    while nxt in (0, 43, 44, 51, 60):
        k["proto"] = nxt
        if walked == 8:
            k["cls"] = L4_BAD
            return
        walked += 1
        if len(p) < 8:
            k["cls"] = L4_TRUNC
            return
        header = {44: 8, 51: (p[1] + 2) * 4}.get(nxt, (p[1] + 1) * 8)
        if len(p) < header:
            k["cls"] = L4_TRUNC
            return
        if nxt == 44:
            fragment = be(p[2:4])
            if fragment >> 3:
                k["frag"], k["proto"] = 2, p[0]
                return
            if fragment & 1:
                k["frag"] = 1
        nxt, p = p[0], p[header:]
    k["proto"] = nxt
    l4(p, k, 58)


def l4(p, k, icmp):
    if k["frag"] == 2:
        return
    need = {6: 20, 17: 8, icmp: 4, 132: 12}.get(k["proto"])
    if need is None:
        return
    if len(p) < need:
        k["cls"] = L4_TRUNC
        return
    if k["frag"] == 0:
        if k["proto"] == 6 and not 20 <= (p[12] >> 4) * 4 <= len(p):
            k["cls"] = L4_BAD
            return
        if k["proto"] == 17 and not 8 <= be(p[4:6]) <= len(p):
            k["cls"] = L4_BAD
            return
    if k["proto"] == 6:
        k["flags"] = be(p[12:14]) & 0xFFF
    if k["proto"] == icmp:
        k["sp"], k["dp"] = p[0], p[1]
    else:
        k["sp"], k["dp"] = be(p[0:2]), be(p[2:4])


def arp(p, k):
    if len(p) < 28:
        k["cls"] = L3_TRUNC
        return
    hw, proto, hs, ps, op = struct.unpack(">HHBBH", p[:8])
    if (hw, proto, hs, ps) != (1, 0x800, 6, 4) or not 1 <= op <= 255:
        k["cls"] = L3_BAD
        return
    k["proto"] = op
    k["a"] = [be(p[8:14]), be(p[14:18]), be(p[18:24]), be(p[24:28])]


# Frames from parts.
D, S = bytes.fromhex("02aabbccdd01"), bytes.fromhex("02aabbccdd02")
A4, B4 = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
A6, B6 = bytes.fromhex("20010db8000000000000000000000001"), bytes.fromhex("20010db8000000000000000000000002")


def eth(et, p, tags=(), dst=D):
    return dst + S + b"".join(struct.pack(">HH", t, c) for t, c in tags) + struct.pack(">H", et) + p


def tcp(data=b"data", doff=5, flags=0x18):
    return struct.pack(">HHIIHHHH", 40000, 443, 1, 2, doff << 12 | flags, 1000, 0, 0) + bytes(max(doff - 5, 0) * 4) + data


def udp(data=b"data", length=None):
    return struct.pack(">HHHH", 5353, 53, 8 + len(data) if length is None else length, 0) + data


def ip4(proto, p, tos=0, ttl=64, frag=0, options=b"", total=None, first=None):
    ihl = 5 + len(options) // 4
    head = struct.pack(">BBHHHBBH", 0x40 | ihl if first is None else first, tos,
                       20 + len(options) + len(p) if total is None else total, 1, frag, ttl, proto, 0)
    return head + A4 + B4 + options + p


def ip6(nxt, p, tc=0, ttl=64, size=None, version=6):
    return struct.pack(">IHBB", version << 28 | tc << 20 | 0xABCDE, len(p) if size is None else size, nxt, ttl) + A6 + B6 + p


def ext(nxt, length=0, body=b""):
    return bytes([nxt, length]) + (body + bytes(6 + length * 8))[:6 + length * 8]


def frag6(nxt, offset, more, ident=7):
    return struct.pack(">BBHI", nxt, 0, offset << 3 | more, ident)


def arp_packet(op=1, hw=1, proto=0x800, hs=6, ps=4):
    return struct.pack(">HHBBH", hw, proto, hs, ps, op) + S + A4 + bytes(6) + B4


def fixtures():
    q, ad = 0x8100, 0x88A8
    chain = lambda n, last, p: b"".join(ext(60) for _ in range(n - 1)) + ext(last) + p
    return {
        "tcp over ipv4": eth(0x800, ip4(6, tcp())),
        "tcp over ipv4, padded": eth(0x800, ip4(6, tcp(b""))) + bytes(6),
        "tcp, all 12 flags": eth(0x800, ip4(6, tcp(flags=0xFFF))),
        "tcp with options": eth(0x800, ip4(6, tcp(doff=8))),
        "tcp, data offset 4": eth(0x800, ip4(6, tcp(doff=4))),
        "tcp, data offset beyond the payload": eth(0x800, ip4(6, tcp(b"")[:12] + b"\xf0" + tcp(b"")[13:])),
        "tcp, 19 bytes of header": eth(0x800, ip4(6, tcp(b"")[:19])),
        "tcp, 19 bytes of header, padding behind": eth(0x800, ip4(6, tcp(b"")[:19])) + bytes(20),
        "udp over ipv4": eth(0x800, ip4(17, udp())),
        "udp, length 7": eth(0x800, ip4(17, udp(length=7))),
        "udp, length 0": eth(0x800, ip4(17, udp(length=0))),
        "udp, length beyond the payload": eth(0x800, ip4(17, udp(length=13))),
        "udp, shorter than its payload": eth(0x800, ip4(17, udp(length=8))),
        "udp, 7 bytes": eth(0x800, ip4(17, udp(b"")[:7])),
        "icmp echo": eth(0x800, ip4(1, b"\x08\x00" + bytes(6))),
        "icmp, 3 bytes": eth(0x800, ip4(1, b"\x08\x00\x00")),
        "icmpv6 number over ipv4": eth(0x800, ip4(58, bytes([135, 1]) + bytes(6))),
        "sctp": eth(0x800, ip4(132, struct.pack(">HH", 2905, 2906) + bytes(8))),
        "sctp, 11 bytes": eth(0x800, ip4(132, bytes(11))),
        "ospf": eth(0x800, ip4(89, bytes(24))),
        "ipv4, tos and ttl 1": eth(0x800, ip4(17, udp(), tos=0xB9, ttl=1)),
        "ipv4, ttl 0": eth(0x800, ip4(17, udp(), ttl=0)),
        "ipv4, ttl 255": eth(0x800, ip4(17, udp(), ttl=255)),
        "ipv4, no payload": eth(0x800, ip4(255, b"")),
        "ipv4 with options": eth(0x800, ip4(17, udp(), options=bytes([1] * 40))),
        "ipv4, version 5": eth(0x800, ip4(17, udp(), first=0x55)),
        "ipv4, ihl 4": eth(0x800, ip4(17, udp(), first=0x44)),
        "ipv4, ihl beyond the total length": eth(0x800, ip4(17, udp(), first=0x4F)),
        "ipv4, total length 19": eth(0x800, ip4(17, udp(), total=19)),
        "ipv4, total length 0": eth(0x800, ip4(17, udp(), total=0)),
        "ipv4, total length beyond the frame": eth(0x800, ip4(17, udp(), total=33)),
        "ipv4, 19 bytes": eth(0x800, ip4(17, b"")[:19]),
        "ipv4, nothing": eth(0x800, b""),
        "ipv4, bad version and too long": eth(0x800, ip4(17, udp(), first=0x65, total=1000)),
        "first fragment, udp longer than it": eth(0x800, ip4(17, udp(length=3000), frag=0x2000)),
        "first fragment, tcp offset beyond it": eth(0x800, ip4(6, tcp(b"")[:12] + b"\xf0\x02" + tcp(b"")[14:], frag=0x2000)),
        "first fragment, 4 bytes of tcp": eth(0x800, ip4(6, tcp()[:4], frag=0x2000)),
        "middle fragment": eth(0x800, ip4(17, udp(), frag=0x2003)),
        "last fragment": eth(0x800, ip4(6, tcp(), frag=0x00B9)),
        "ipv4, don't fragment": eth(0x800, ip4(17, udp(), frag=0x4000)),
        "tcp over ipv6": eth(0x86DD, ip6(6, tcp())),
        "udp over ipv6, traffic class": eth(0x86DD, ip6(17, udp(), tc=0xBA, ttl=1)),
        "icmpv6 neighbour solicitation": eth(0x86DD, ip6(58, bytes([135, 0]) + bytes(22))),
        "icmp number over ipv6": eth(0x86DD, ip6(1, bytes([8, 0]) + bytes(22))),
        "ipv6, no next header": eth(0x86DD, ip6(59, b"")),
        "ipv6, empty payload and tcp": eth(0x86DD, ip6(6, b"")),
        "ipv6, jumbo": eth(0x86DD, ip6(0, ext(6) + tcp(), size=0)),
        "ipv6, version 4": eth(0x86DD, ip6(17, udp(), version=4)),
        "ipv6, payload beyond the frame": eth(0x86DD, ip6(17, udp(), size=13)),
        "ipv6, 39 bytes": eth(0x86DD, ip6(17, b"")[:39]),
        "ipv6, padded": eth(0x86DD, ip6(17, udp()) + bytes(10)),
        "ipv6, hop-by-hop": eth(0x86DD, ip6(0, ext(17) + udp())),
        "ipv6, all extension headers": eth(0x86DD, ip6(0, ext(43) + ext(60, 2) + ext(51) + bytes([6, 4]) + bytes(22) + tcp())),
        "ipv6, authentication header of 8 bytes": eth(0x86DD, ip6(51, bytes([17, 0]) + bytes(6) + udp())),
        "ipv6, 8 extension headers": eth(0x86DD, ip6(60, chain(8, 17, udp()))),
        "ipv6, 9 extension headers": eth(0x86DD, ip6(60, chain(9, 17, udp()))),
        "ipv6, ninth is a fragment header": eth(0x86DD, ip6(60, chain(8, 44, frag6(17, 5, 0) + udp()))),
        "ipv6, extension header of 7 bytes": eth(0x86DD, ip6(60, ext(17)[:7])),
        "ipv6, extension header beyond the payload": eth(0x86DD, ip6(43, ext(17, 3)[:16])),
        "ipv6, deep headers": eth(0x86DD, ip6(60, ext(43, 30) + ext(60, 30) + ext(17, 30) + udp())),
        "ipv6, atomic fragment": eth(0x86DD, ip6(44, frag6(17, 0, 0) + udp())),
        "ipv6, first fragment": eth(0x86DD, ip6(44, frag6(17, 0, 1) + udp(length=4000))),
        "ipv6, later fragment": eth(0x86DD, ip6(44, frag6(6, 9, 1) + tcp())),
        "ipv6, later fragment of options": eth(0x86DD, ip6(44, frag6(60, 9, 1) + ext(6))),
        "ipv6, first fragment twice": eth(0x86DD, ip6(44, frag6(44, 0, 1) + frag6(17, 0, 0) + udp(length=999))),
        "ipv6, options behind a fragment header": eth(0x86DD, ip6(44, frag6(60, 0, 1) + ext(17) + udp())),
        "ipv6, esp": eth(0x86DD, ip6(50, bytes(16))),
        "arp request": eth(0x806, arp_packet(1)),
        "arp reply, padded": eth(0x806, arp_packet(2) + bytes(18)),
        "arp, opcode 0": eth(0x806, arp_packet(0)),
        "arp, opcode 256": eth(0x806, arp_packet(256)),
        "arp, opcode 255": eth(0x806, arp_packet(255)),
        "arp, not ethernet": eth(0x806, arp_packet(hw=6)),
        "arp, not ipv4": eth(0x806, arp_packet(proto=0x86DD)),
        "arp, sizes": eth(0x806, arp_packet(hs=8)),
        "arp, 27 bytes": eth(0x806, arp_packet()[:27]),
        "tagged ipv4": eth(0x800, ip4(6, tcp()), [(q, 0xA064)]),
        "priority tag": eth(0x800, ip4(17, udp()), [(q, 0xE000)]),
        "drop eligible": eth(0x800, ip4(17, udp()), [(q, 0x1FFF)]),
        "service tag": eth(0x800, ip4(17, udp()), [(ad, 100)]),
        "double tagged": eth(0x86DD, ip6(6, tcp()), [(ad, 100), (q, 0x6065)]),
        "double tagged, c outside": eth(0x800, ip4(6, tcp()), [(q, 5), (ad, 6)]),
        "double tagged, longest ipv4 header": eth(0x800, ip4(6, tcp(), options=bytes([1] * 40)), [(q, 5), (q, 6)]),
        "three tags": eth(0x800, ip4(6, tcp()), [(q, 5), (q, 6), (q, 7)]),
        "tpid 0x9100": eth(0x800, ip4(6, tcp()), [(0x9100, 5)]),
        "tag, 3 bytes": eth(0x8100, b"\x00\x05\x08"),
        "inner tag, 3 bytes": eth(0x8100, b"\x00\x06\x08", [(ad, 5)]),
        "tag and nothing above": eth(0x8100, b"\x00\x05\x08\x00"),
        "802.3 length": eth(38, bytes([0x42, 0x42, 3]) + bytes(35), dst=bytes.fromhex("0180c2000000")),
        "lldp": eth(0x88CC, bytes(46)),
        "header only": eth(0x88B5, b""),
        "broadcast": eth(0x806, arp_packet(1), dst=b"\xff" * 6),
    }


def text(words):
    return " ".join("%016x" % w for w in words)


def write_fixtures(path):
    with open(path, "w") as out:
        out.write("# Frames and their flow keys. Written by reference.py; every parser must agree.\n")
        out.write("# name | frame | eleven words of the key, ingress port %d\n" % PORT)
        for name, frame in fixtures().items():
            out.write("%s | %s | %s\n" % (name, frame.hex(), text(key(frame))))


def mutate(r, frame):
    f = bytearray(frame)
    for _ in range(r.choice((0, 1, 1, 2, 4))):
        at = r.randrange(12, min(len(f), 120)) if len(f) > 12 else 0
        f[at] = r.choice((0, 1, 4, 5, 6, 17, 43, 44, 51, 58, 60, 0x45, 0x60, 0x81, 0x88, 0xFF, r.randrange(256)))
    if r.random() < 0.4:
        f = f[:r.randrange(14, len(f) + 1)]
    if r.random() < 0.1:
        f += bytes(r.randrange(64))
    return bytes(f)


def random_frame(r):
    tags = [(r.choice((0x8100, 0x88A8)), r.randrange(65536)) for _ in range(r.choice((0, 0, 0, 1, 2, 3)))]
    l4s = [lambda: (6, tcp(bytes(r.randrange(40)), r.randrange(16), r.randrange(4096))), lambda: (17, udp(bytes(r.randrange(40)))),
           lambda: (r.choice((1, 58, 132, 89, 50)), bytes(r.randrange(256) for _ in range(r.randrange(40))))]
    proto, p = r.choice(l4s)()
    kind = r.random()
    if kind < 0.4:
        return eth(0x800, ip4(proto, p, r.randrange(256), r.choice((0, 1, 2, 64)), r.choice((0, 0, 0x4000, 0x2000, 0x2001, 9)),
                              bytes(4 * r.choice((0, 0, 1, 10)))), tags)
    if kind < 0.9:
        for _ in range(r.choice((0, 0, 1, 2, 3, 7, 8, 9, 10))):
            h = r.choice((0, 43, 44, 51, 60))
            n = r.choice((0, 0, 1, 4, 20))
            p = (frag6(proto, r.choice((0, 0, 0, 5)), r.randrange(2)) if h == 44 else
                 bytes([proto, n]) + bytes((n + 2) * 4 - 2) if h == 51 else ext(proto, n)) + p
            proto = h
        return eth(0x86DD, ip6(proto, p, r.randrange(256), r.choice((0, 1, 2, 64))), tags)
    return eth(0x806, arp_packet(r.randrange(300)), tags)


def fuzz(tool, mode, count, seed):
    r = random.Random(seed)
    base = list(fixtures().values())
    frames = [mutate(r, r.choice(base) if r.random() < 0.5 else random_frame(r)) for _ in range(count)]
    frames = [f for f in frames if len(f) >= 14]
    done = subprocess.run([tool, mode], input="".join(f.hex() + "\n" for f in frames), capture_output=True, text=True)
    got = done.stdout.split("\n")[:-1]
    if len(got) != len(frames):
        sys.exit("fuzz: %d answers for %d frames: %s" % (len(got), len(frames), done.stderr))
    classes = {}
    for frame, line in zip(frames, got):
        if line == "status -1" and frame[12:14] in (b"\x81\x00", b"\x88\xa8") and len(frame) < 20:
            line = text(key(frame))  # the kernel itself drops a tag with less than 6 bytes behind its TPID
        want = key(frame)
        classes[want[0] >> 3 & 7] = classes.get(want[0] >> 3 & 7, 0) + 1
        if line != text(want):
            sys.exit("fuzz: parsers disagree, seed %d\n  frame %s\n  C     %s\n  here  %s" % (seed, frame.hex(), line, text(want)))
    print("fuzz (%s): %d frames agree, seed %d, by parse class %s" % (mode, len(frames), seed, dict(sorted(classes.items()))))


if __name__ == "__main__":
    if sys.argv[1:2] == ["fixtures"]:
        write_fixtures(sys.argv[2] if len(sys.argv) > 2 else "fixtures/keys.txt")
    elif sys.argv[1:2] == ["fuzz"]:
        fuzz(sys.argv[2], sys.argv[3], *(int(a) for a in (sys.argv[4:] + ["100000", "1"][len(sys.argv) - 4:])[:2]))
    else:
        sys.exit(__doc__)
