package org.vnetwork.packet.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action.Drop;
import org.vnetwork.packet.wire.Action.Inspect;
import org.vnetwork.packet.wire.Action.Output;
import org.vnetwork.packet.wire.Action.PopTag;
import org.vnetwork.packet.wire.Action.PushTag;
import org.vnetwork.packet.wire.Action.SetField;

class ActionRunnerTest {
    private static final String ETH = "eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02)";
    private static final String IP = " ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1000,dst=2000) payload(4)";

    private static Frame frame(String text) {
        byte[] octets = FrameText.build(text);
        byte[] buffer = new byte[Frame.HEADROOM + octets.length];
        System.arraycopy(octets, 0, buffer, Frame.HEADROOM, octets.length);
        return new Frame().over(MemorySegment.ofArray(buffer), Frame.HEADROOM, octets.length, 7);
    }

    private static List<String> run(Frame frame, Action... actions) {
        List<String> log = new ArrayList<>();
        boolean done = ActionRunner.run(frame, List.of(actions), new ActionRunner.Output() {
            @Override
            public void output(int port, Frame sent) {
                log.add(port + " " + FrameText.describe(sent.bytes()));
            }

            @Override
            public void drop(int port, int reason) {
                log.add("drop " + port + " " + reason);
            }

            @Override
            public void inspect(Frame seen) {
                log.add("inspect " + FrameText.describe(seen.bytes()));
            }

            @Override
            public void copyUp(Frame seen) {
                log.add("copy up " + FrameText.describe(seen.bytes()));
            }

            @Override
            public boolean meter(Action.Meter meter, Frame seen) {
                log.add("meter " + meter.id() + " " + seen.wireBytes());
                return meter.id() != 0;
            }

            @Override
            public void refused(Frame seen) {
                log.add("metered");
            }

            @Override
            public void count(long counter, Frame seen) {
                log.add("count " + counter);
            }
        });
        if (!done) {
            log.add("failed");
        }
        return log;
    }

    @Test
    void laterRewritesDoNotDisturbEarlierOutputs() {
        assertEquals(List.of("1 " + ETH + IP, "2 " + ETH + " vlan(vid=10,pcp=3)" + IP, "3 eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:09)" + IP),
                run(frame(ETH + IP), new Output(1), new PushTag(0x8100, 3 << 13 | 10), new Output(2), new PopTag(),
                        new SetField(Field.ETH_DST, 0x0200_0000_0009L), new Output(3)));
    }

    @Test
    void setsTheOutermostTagAndLeavesTheInnerOne() {
        assertEquals(List.of("1 " + ETH + " vlan(vid=20,pcp=5,dei=true,service=true) vlan(vid=10)" + IP),
                run(frame(ETH + " vlan(vid=5,dei=true,service=true) vlan(vid=10)" + IP), new SetField(Field.VLAN_PCP, 5), new SetField(Field.VLAN_VID, 20), new Output(1)));
    }

    @Test
    void leavesAloneWhatTheFrameLacks() {
        String arp = ETH + " arp(op=1,sha=02:00:00:00:00:01,spa=10.0.0.1,tha=00:00:00:00:00:00,tpa=10.0.0.2)";
        assertEquals(List.of("1 " + arp), run(frame(arp), new SetField(Field.VLAN_PCP, 5), new SetField(Field.DSCP, 9), new PopTag(), new Output(1)));
        String cut = ETH.replace(")", ",type=0x8100)") + " hex(000a08)";
        assertEquals(List.of("1 " + cut), run(frame(cut), new PopTag(), new SetField(Field.VLAN_VID, 5), new Output(1)));
    }

    @Test
    void keepsTheHeaderChecksumRightWhenItSetsTheDscp() {
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            int dscp = random.nextInt(64);
            String ip = " ipv4(src=" + random.nextInt(256) + ".0.0.1,dst=10." + random.nextInt(256) + ".0.2,id=" + random.nextInt(1, 65536);
            Frame frame = frame(ETH + ip + ",dscp=" + random.nextInt(64) + ") udp()");
            assertEquals(List.of("1 " + FrameText.describe(FrameText.build(ETH + ip + ",dscp=" + dscp + ") udp()"))), run(frame, new SetField(Field.DSCP, dscp), new Output(1)));
        }
        assertEquals(List.of("1 " + ETH + " ipv6(src=2001:db8::1,dst=2001:db8::2,dscp=46,ecn=2) udp(src=1000,dst=2000)"),
                run(frame(ETH + " ipv6(ecn=2,dscp=63) udp()"), new SetField(Field.DSCP, 46), new Output(1)));
    }

    @Test
    void findsTheIpHeaderBehindTagsThatItPushed() {
        assertEquals(List.of("1 " + ETH + " vlan(vid=3) vlan(vid=2) vlan(vid=1) ipv4(src=10.0.0.1,dst=10.0.0.2,dscp=9) udp(src=1000,dst=2000)"),
                run(frame(ETH + " vlan(vid=2) vlan(vid=1) ipv4() udp()"), new PushTag(0x8100, 3), new SetField(Field.DSCP, 9), new Output(1)));
        String three = ETH + " vlan(vid=3) vlan(vid=2) vlan(vid=1) ipv4(src=10.0.0.1,dst=10.0.0.2) udp(src=1000,dst=2000)";
        assertEquals(List.of("1 " + three), run(frame(three), new SetField(Field.DSCP, 9), new Output(1)));
    }

    @Test
    void movesTheOffsetsOfPendingOffloadsWithTheTags() {
        Frame frame = frame(ETH + IP);
        frame.gsoType = 1;
        frame.headerSize = 42;
        frame.checksumStart = 34;
        run(frame, new PushTag(0x8100, 1), new PushTag(0x88a8, 1));
        assertEquals(50, frame.headerSize);
        assertEquals(42, frame.checksumStart);
        run(frame, new PopTag());
        assertEquals(46, frame.headerSize);
        assertEquals(38, frame.checksumStart);
        Frame plain = frame(ETH + IP);
        run(plain, new PushTag(0x8100, 1));
        assertEquals(0, plain.checksumStart);
    }

    @Test
    void chargesDropsToTheIngressPortAndGoesOn() {
        assertEquals(List.of("1 " + ETH + IP, "drop 7 9", "inspect " + ETH + IP), run(frame(ETH + IP), new Output(1), new Drop(9), new Inspect()));
    }

    @Test
    void endsTheListWhereThereIsNoRoomToPush() {
        Action[] pushes = new Action[10];
        java.util.Arrays.fill(pushes, new PushTag(0x8100, 1));
        pushes[9] = new Output(1);
        Frame frame = frame(ETH + IP);
        assertEquals(List.of("failed"), run(frame, pushes));
        assertEquals(0, frame.offset);
        assertEquals(List.of("failed"), run(frame(ETH + IP), new SetField(Field.TTL, 3), new Output(1)));
    }

    @Test
    void runsOnRandomFramesWithoutAnException() {
        Random random = new Random(5);
        for (int i = 0; i < 100_000; i++) {
            byte[] octets = RandomFrames.next(random);
            MemorySegment buffer = MemorySegment.ofArray(new byte[Frame.HEADROOM + octets.length]);
            MemorySegment.copy(MemorySegment.ofArray(octets), 0, buffer, Frame.HEADROOM, octets.length);
            Frame frame = new Frame().over(buffer, Frame.HEADROOM, octets.length, 1);
            boolean tagged = Rewriter.tagged(frame);
            ActionRunner.run(frame, List.of(new SetField(Field.DSCP, 5), new PushTag(0x8100, 7), new SetField(Field.VLAN_VID, 9), new PopTag(), new PopTag(),
                    new SetField(Field.IP_DST, 5, 6), new SetField(Field.L4_SRC, 7)), NOTHING);
            assertEquals(octets.length - (tagged ? 4 : 0), frame.size);
            assertTrue(frame.size >= 14);
        }
        assertFalse(Rewriter.push(new Frame().over(MemorySegment.ofArray(new byte[17]), 3, 14, 1), 0x8100, 1));
    }

    @Test
    void aMeterThatRefusesClosesItsOutputsAlone() {
        assertEquals(List.of("count 9", "meter 0 46", "meter 5 46", "1 " + ETH + IP, "metered", "3 " + ETH + IP, "metered"),
                run(frame(ETH + IP), new Action.Count(9), new Action.Meter(0, 0, 1000, 65536), new Action.Meter(63, 5, 1000, 65536), new Output(1), new Output(2, 1),
                        new Output(3, 1L << 63), new Output(4, 1L << 63 | 1)));
    }

    /** Every checksum that was right is right after the rewrite: the notation computes them when it describes a frame, and names those that are wrong. */
    @Test
    void addressesAndPortsAreSetWithTheirChecksums() {
        String v4 = ETH + " ipv4(src=10.0.0.1,dst=10.0.0.2) ";
        String v6 = ETH + " ipv6(src=2001:db8::1,dst=2001:db8::2) ";
        for (String transport : List.of("tcp(src=1000,dst=80,flags=S) payload(5)", "udp(src=1000,dst=80) payload(5)")) {
            assertEquals(List.of("1 " + ETH + " ipv4(src=192.0.2.9,dst=198.51.100.7) " + transport.replace("1000", "3").replace("80", "65535")),
                    run(frame(v4 + transport), new SetField(Field.IP_SRC, 0xc0000209L), new SetField(Field.IP_DST, 0xc6336407L), new SetField(Field.L4_SRC, 3),
                            new SetField(Field.L4_DST, 65535), new Output(1)));
            assertEquals(List.of("1 " + ETH + " ipv6(src=fd00::5,dst=2001:db8::2) ext(type=60,size=8) " + transport.replace("80", "443")),
                    run(frame(v6 + "ext(type=60,size=8) " + transport), new SetField(Field.IP_SRC, 0xfd00L << 48, 5), new SetField(Field.L4_DST, 443), new Output(1)));
        }
        assertEquals(List.of("1 " + ETH + " ipv6(src=2001:db8::1,dst=fd00::5) icmpv6(type=128,code=0) payload(6)"),
                run(frame(v6 + "icmpv6(type=128,code=0) payload(6)"), new SetField(Field.IP_DST, 0xfd00L << 48, 5), new SetField(Field.L4_SRC, 5), new Output(1)));
        assertEquals(List.of("1 " + ETH + " ipv4(src=10.0.0.1,dst=192.0.2.1) icmp(type=8,code=0) payload(6)"),
                run(frame(v4 + "icmp(type=8,code=0) payload(6)"), new SetField(Field.IP_DST, 0xc0000201L), new SetField(Field.L4_SRC, 5), new Output(1)));
    }

    private static final ActionRunner.Output NOTHING = new ActionRunner.Output() {
        @Override
        public void output(int port, Frame frame) {
        }

        @Override
        public void drop(int port, int reason) {
        }

        @Override
        public void inspect(Frame frame) {
        }

        @Override
        public void copyUp(Frame frame) {
        }

        @Override
        public boolean meter(Action.Meter meter, Frame frame) {
            return true;
        }

        @Override
        public void refused(Frame frame) {
        }

        @Override
        public void count(long counter, Frame frame) {
        }
    };
}
