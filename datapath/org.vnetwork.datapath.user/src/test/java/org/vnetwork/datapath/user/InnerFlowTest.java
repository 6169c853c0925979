package org.vnetwork.datapath.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which frames leave a tunnel by one source port. */
class InnerFlowTest {
    private static final int ALL = 1 << InnerFlow.BITS;
    private static final int TCP = 6;
    private static final int ICMP = 1;
    private static final int FRAGMENT_HEADER = 44;

    /** Where a frame is that stands somewhere in a buffer, with nothing to read behind it. */
    private static int of(byte[] frame) {
        byte[] buffer = new byte[5 + frame.length];
        System.arraycopy(frame, 0, buffer, 5, frame.length);
        int flow = InnerFlow.of(MemorySegment.ofArray(buffer), 5, frame.length);
        assertTrue(flow >= 0 && flow < ALL, "flow " + flow);
        return flow;
    }

    private static Set<Integer> all(IntFunction<byte[]> frame) {
        return IntStream.range(0, 256).mapToObj(i -> of(frame.apply(i))).collect(Collectors.toSet());
    }

    @Test
    void connectionsAreSpreadByPortsAndAddresses() {
        assertEquals(ALL, all(i -> Inner.udp(60, i, 0)).size());
        assertEquals(ALL, all(i -> Inner.four(60, TCP, 0, i, 0)).size());
        assertEquals(ALL, all(i -> Inner.six(TCP, 1, i, 0)).size());
        assertEquals(ALL, all(i -> Inner.six(ICMP, i, 0, 0)).size());
        assertEquals(ALL, all(i -> {
            byte[] frame = Inner.four(60, ICMP, 0, 0, 0);
            frame[33] = (byte) i;
            return frame;
        }).size());
    }

    @Test
    void aConnectionIsOneWhateverItCarries() {
        assertEquals(1, all(i -> Inner.udp(60 + i, 7, i)).size());
        assertEquals(1, all(i -> Inner.six(TCP, 1, 7, i)).size());
        // An echo request's number is no port.
        assertEquals(1, all(i -> Inner.four(60, ICMP, 0, i, i)).size());
    }

    @Test
    void tagsChangeNothing() {
        for (byte[] frame : new byte[][] {Inner.udp(60, 7, 0), Inner.six(TCP, 1, 7, 0), Rig.frame(60, 1)}) {
            assertEquals(of(frame), of(Inner.tagged(frame, 0x8100_0064)));
            assertEquals(of(frame), of(Inner.tagged(frame, 0x88a8_0065, 0x8100_0064)));
        }
    }

    @Test
    void allFragmentsOfAPacketAreOne() {
        int whole = of(Inner.four(60, Inner.UDP, Inner.MORE_FRAGMENTS, 0, 0));
        assertEquals(Set.of(whole), all(i -> Inner.four(60, Inner.UDP, Inner.MORE_FRAGMENTS, i, 0)), "the first one, from any port");
        assertEquals(Set.of(whole), all(i -> Inner.four(60, Inner.UDP, Inner.MORE_FRAGMENTS | 185 + i, i, 0)));
        assertEquals(Set.of(whole), all(i -> Inner.four(60, Inner.UDP, 185 + i, i, 0)), "the last one");
        assertEquals(1, all(i -> Inner.six(FRAGMENT_HEADER, 1, i, 0)).size());
        // "Do not fragment" makes none.
        assertEquals(ALL, all(i -> Inner.four(60, Inner.UDP, 0x4000, i, 0)).size());
    }

    @Test
    void whatIsNotIpIsSpreadByMacAddressesAndEtherType() {
        assertEquals(1, all(i -> Rig.frame(60, i)).size());
        for (int octet : new int[] {0, 5, 6, 11, 13}) {
            assertEquals(ALL, all(i -> {
                byte[] frame = Rig.frame(60, 0);
                frame[12] = (byte) 0x88;
                frame[octet] = (byte) i;
                return frame;
            }).size(), "octet " + octet);
        }
    }

    /** Reading beyond a frame fails here, as it ends where its buffer does. */
    @Test
    void framesThatEndAnywhereArePlacedToo() {
        Random random = new Random(3);
        byte[][] frames = {Inner.udp(60, 7, 0), Inner.six(TCP, 1, 7, 0), Inner.tagged(Inner.udp(60, 7, 0), 0x88a8_0065, 0x8100_0064)};
        for (byte[] frame : frames) {
            for (int size = 14; size <= frame.length; size++) {
                of(java.util.Arrays.copyOf(frame, size));
            }
        }
        for (int i = 0; i < 200_000; i++) {
            byte[] frame = frames[i % frames.length].clone();
            frame[12 + random.nextInt(12)] = (byte) random.nextInt();
            of(java.util.Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13)));
        }
    }
}
