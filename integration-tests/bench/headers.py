"""Sends UDP frames with headers near those that a few rules ask for: headers.py DEVICE SOURCE-MAC DESTINATION-MAC PER-SECOND. Ends when it is told to."""

import random
import socket
import struct
import sys
import time

SLICE = 0.01
FIELDS = ((26, 4), (30, 4), (34, 2), (36, 2))


def frame(source, destination, numbers):
    """Each field as a rule wants it up to a bit, that bit turned over, noise behind it."""
    octets = bytearray(destination + source + struct.pack("!HBBHHHBBH4s4sHHHH", 0x0800, 0x45, 0, 46, 0, 0, 64, 17, 0, socket.inet_aton("10.0.0.10"),
                                                          socket.inet_aton("10.9.0.1"), 5201, 5201, 26, 0) + bytes(18))
    for start, size in FIELDS:
        bit = numbers.randrange(8 * size)
        octets[start + bit // 8] ^= 0x80 >> bit % 8
        for after in range(start + bit // 8 + 1, start + size):
            octets[after] = numbers.randrange(256)
    return bytes(octets)


def main():
    device, source, destination, rate = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", "")), bytes.fromhex(sys.argv[3].replace(":", "")), int(sys.argv[4])
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((device, 0))
    numbers = random.Random(1)
    began, sent = time.monotonic(), 0
    while True:
        while sent < (time.monotonic() - began) * rate:
            out.send(frame(source, destination, numbers))
            sent += 1
        time.sleep(SLICE)


main()
