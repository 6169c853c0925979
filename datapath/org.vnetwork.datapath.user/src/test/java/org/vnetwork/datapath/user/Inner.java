package org.vnetwork.datapath.user;

import java.nio.ByteBuffer;

/** Frames of inner connections. */
final class Inner {
    static final int UDP = 17;
    static final int MORE_FRAGMENTS = 0x2000;
    /** Where the payload of UDP over IPv4 begins. */
    static final int PAYLOAD = 42;

    private Inner() {
    }

    /** UDP over IPv4 between two hosts, from a port number, with another one in its payload. */
    static byte[] udp(int size, int port, int number) {
        return four(size, UDP, 0, port, number);
    }

    /** IPv4; {@code fragment}: its flags and offset. */
    static byte[] four(int size, int protocol, int fragment, int port, int number) {
        return ByteBuffer.wrap(Rig.frame(size, 0)).putShort(14, (short) 0x4500).putShort(16, (short) (size - 14)).putShort(20, (short) fragment).put(22, (byte) 64).put(23, (byte) protocol)
                .putInt(26, 0x0a63_0001).putInt(30, 0x0a63_0002).putShort(34, (short) port).putShort(36, (short) 80).putInt(PAYLOAD, number).array();
    }

    /** IPv6, with 32 bits of a payload. */
    static byte[] six(int protocol, int host, int port, int number) {
        return ByteBuffer.wrap(Rig.frame(100, 0)).putShort(12, (short) 0x86dd).putInt(14, 0x6000_0000 | number & 0xf_ffff).putShort(18, (short) 46).put(20, (byte) protocol)
                .putLong(22, 0xfd00L << 48).putLong(30, host).putLong(38, 0xfd00L << 48).putLong(46, 1).putShort(54, (short) port).putShort(56, (short) 80).putInt(62, number).array();
    }

    /** The same frame behind tags. */
    static byte[] tagged(byte[] frame, int... tags) {
        ByteBuffer all = ByteBuffer.allocate(frame.length + 4 * tags.length).put(frame, 0, 12);
        for (int tag : tags) {
            all.putInt(tag);
        }
        return all.put(frame, 12, frame.length - 12).array();
    }
}
