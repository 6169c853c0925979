package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Ip;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Match;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/**
 * What a flow does with a frame is what the pipeline would decide about it now, for frames of every kind, while rows and rules change.
 *
 * <p>Among the frames are those that made other switches' flows too wide: IP protocol 0, and padding behind what the headers count (CVE-2023-1668,
 * CVE-2020-35498). {@code -Dvnet.frames=1000000} takes more of them.
 */
class CachedVerdictsTest {
    private static final int FRAMES = Integer.getInteger("vnet.frames", 60_000);
    private static final DropReason DENIED = DropReason.of("test/denied");
    private static final String[] ADDRESSES = {"10.0.0.1", "10.0.0.2", "10.9.0.1", "192.168.7.7"};
    private static final String[] TAGS = {"", "", "", "vlan(vid=10)", "vlan(vid=0,pcp=3)", "vlan(vid=10) vlan(vid=10)"};
    private static final String[] CONTENTS = {"ipv4(src=%s,proto=0) payload(30)", "ipv4(src=%s) tcp(dst=80)", "ipv4(dst=%s) udp(src=53) payload(4)", "ipv4(src=%s,ttl=1) icmp()",
        "ipv4(src=%s,frag=first) tcp()", "ipv4(src=%s,frag=later,proto=6) payload(20)", "ipv4(src=%s,proto=17) hex(00)", "arp(spa=%s)", "ipv4(src=%s,proto=132) payload(20)",
        "ipv4(src=%s,length=30) udp() payload(40)", "ipv4(src=%s) udp(length=4) payload(40)", "ipv6() ext() tcp(dst=80)", "ipv6(proto=0) hex(06)"};
    private final Random random = new Random(11);
    private Mixed engine;

    /** What the test's rules say. */
    @DataType("test.verdict/1")
    private record Says(boolean allow, int rewrite) {
    }

    /** Rules first, then stations; it reads what it can, in an order that the packet decides. */
    private static final class Mixed implements ForwardingEngine {
        private RuleTable<Says> rules;
        private Table<Station, FdbEntry> fdb;

        @Override
        public void open(Context context) {
            rules = context.rules(Says.class);
            fdb = context.table(Station.class, FdbEntry.class);
        }

        @Override
        public void decide(Packet packet, Forward forward) {
            Says says = rules.first(packet);
            if (says != null && !says.allow()) {
                forward.drop(DENIED);
                return;
            }
            fdb.put(new Station(packet.vlan(), packet.source()), new FdbEntry(new PortId(packet.ingress()), false), Duration.ofSeconds(20));
            if (says != null) {
                forward.set(Field.ETH_SRC, 0x0200_0000_ff00L + says.rewrite());
            }
            FdbEntry there = fdb.get(new Station(packet.vlan(), packet.destination()));
            if (there == null) {
                forward.flood();
            } else {
                forward.to(there.port().value());
            }
        }
    }

    @Test
    void everyFlowSaysWhatThePipelineWouldSay() {
        try (TestSwitch sw = new TestSwitch(() -> engine = new Mixed())) {
            sw.port("a", PortVlan.access(10)).port("b", PortVlan.trunk(List.of(10, 20), 10)).port("c", PortVlan.access(10));
            int cached = 0;
            for (int i = 0; i < FRAMES; i++) {
                if (random.nextInt(40) == 0) {
                    change(sw);
                }
                int port = 1 + random.nextInt(3);
                byte[] octets = frame();
                int number = i;
                cached += sw.home.onLoop(() -> check(sw, port, octets, number)) ? 1 : 0;
            }
            int met = cached;
            assertTrue(met > FRAMES / 5, () -> "only " + met + " of " + FRAMES + " frames met a flow");
            assertEquals("", sw.imbalance());
        }
    }

    private void change(TestSwitch sw) {
        sw.home.onLoop(() -> {
            long id = random.nextInt(6);
            switch (random.nextInt(4)) {
                case 0 -> engine.rules.remove(id);
                case 1 -> engine.rules.put(id, random.nextInt(3), match(), new Says(random.nextBoolean(), random.nextInt(3)));
                case 2 -> engine.fdb.remove(new Station(10, 0x0200_0000_0000L + random.nextInt(5)));
                default -> engine.fdb.put(new Station(10, 0x0200_0000_0000L + random.nextInt(5)), new FdbEntry(new PortId(1 + random.nextInt(3)), false));
            }
            return null;
        });
        if (random.nextInt(10) == 0) {
            sw.warp(random.nextInt(1, 25));
        }
        sw.settle();
    }

    private Match match() {
        String address = ADDRESSES[random.nextInt(ADDRESSES.length)];
        return switch (random.nextInt(7)) {
            case 0 -> Match.ANY.and(Field.IP_PROTOCOL, new int[] {0, 6, 17}[random.nextInt(3)]);
            case 1 -> Match.ANY.and(Field.IP_SRC, Ip.parseV4(address));
            case 2 -> Match.ANY.and(Field.IP_DST, Ip.parseV4(address), 0xffff_ff00L);
            case 3 -> Match.ANY.and(Field.IP_PROTOCOL, 6).and(Field.L4_DST, 80);
            case 4 -> Match.ANY.and(Field.L4_SRC, 0, 0xff00);
            case 5 -> Match.ANY.and(Field.ETHER_TYPE, 0x0806);
            default -> Match.ANY.and(Field.ETH_DST, 0x0200_0000_0000L + random.nextInt(5));
        };
    }

    /** Whether a flow was there for the frame; then it has to say what is decided afresh. */
    private boolean check(TestSwitch sw, int port, byte[] octets, int number) {
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(MemorySegment.ofArray(octets), 0, octets.length, port, key);
        Flow flow = sw.home.flows.find(key);
        boolean cached = flow != null && !flow.inspect();
        if (cached) {
            Decision fresh = sw.home.pipeline.evaluate(key, new Frame().over(MemorySegment.ofArray(octets), 0, octets.length, port));
            assertTrue(!fresh.wrote(), () -> "frame " + number + " would write: " + FrameText.describe(octets));
            assertEquals(fresh.actions(), flow.actions(), () -> "frame " + number + ": " + FrameText.describe(octets));
        }
        ((Simulated) sw.home.datapath).inject(port, octets);
        for (int idle = 0; idle < 2; idle = sw.home.loop.step() == 0 ? idle + 1 : 0) {
            continue;
        }
        return cached;
    }

    private byte[] frame() {
        String content = String.format(CONTENTS[random.nextInt(CONTENTS.length)], ADDRESSES[random.nextInt(ADDRESSES.length)]);
        byte[] frame = FrameText.build("eth(src=02:00:00:00:00:0" + random.nextInt(5) + ",dst=02:00:00:00:00:0" + random.nextInt(5) + ") " + TAGS[random.nextInt(TAGS.length)] + " " + content);
        if (random.nextInt(3) == 0) {
            frame = Arrays.copyOf(frame, frame.length + random.nextInt(30));
        }
        for (int changes = random.nextInt(8) - 5; changes > 0; changes--) {
            frame[12 + random.nextInt(Math.min(30, frame.length - 12))] = (byte) random.nextInt(256);
        }
        return frame;
    }
}
