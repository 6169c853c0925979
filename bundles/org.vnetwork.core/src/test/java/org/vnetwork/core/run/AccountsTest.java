package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.TableView;
import org.vnetwork.engine.flood.FloodEngine;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.DropReason;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.FrameText;

class AccountsTest {
    private static final String[] GOOD = {"eth() ipv4() tcp() payload(20)", "eth() vlan(vid=10,pcp=3) ipv4(options=01010101) udp() payload(9)", "eth() arp()",
        "eth(dst=02:00:00:00:00:05) vlan(vid=20) vlan(vid=10) ipv6() tcp()", "eth(src=02:00:00:00:00:05) ipv6() ext(type=0) ext(type=43,size=24) udp()",
        "eth() ipv6(frag=later,proto=17) payload(30)", "eth(dst=ff:ff:ff:ff:ff:ff) ipv4(frag=first) tcp()", "eth() ipv6(ttl=255) icmpv6(type=135,target=fe80::1)",
        "eth(type=0x0026) hex(424203)", "eth(src=02:00:00:00:00:07,dst=02:00:00:00:00:05) vlan(vid=0,pcp=7) ipv4(ttl=1,dscp=46) udp()"};
    private static final byte[][] FRAMES = Arrays.stream(GOOD).map(FrameText::build).toArray(byte[][]::new);
    private final TestSwitch sw = new TestSwitch(LearningEngine::new);

    @AfterEach
    void close() {
        sw.close();
    }

    private static byte[] frame(Random random) {
        byte[] frame = FRAMES[random.nextInt(FRAMES.length)].clone();
        switch (random.nextInt(6)) {
            case 0 -> {
                frame = new byte[random.nextInt(120)];
                random.nextBytes(frame);
            }
            case 1 -> frame = Arrays.copyOf(frame, random.nextInt(frame.length));
            case 2 -> frame = Arrays.copyOf(frame, frame.length + random.nextInt(40));
            default -> {
            }
        }
        for (int changes = frame.length == 0 ? 0 : random.nextInt(4); changes > 0; changes--) {
            frame[random.nextInt(Math.min(frame.length, 60))] = (byte) random.nextInt(256);
        }
        return frame;
    }

    private static FilterDocument slot(int slot, String name, boolean open) {
        return new FilterDocument(slot, name, open);
    }

    /** The flows, the tables and the books under everything that a frame can be, with ports, filters and engines changing. */
    @Test
    void everyOneOf100000RandomFramesIsAccountedFor() {
        sw.filter("rewrite", () -> (packet, verdict) -> {
            if (packet.matches(Field.ETH_SRC, 1, 1)) {
                verdict.set(Field.DSCP, 11).set(Field.VLAN_PCP, 2).copy().pop().to(3);
            }
        });
        sw.filter("picky", () -> (packet, verdict) -> {
            if (packet.get(Field.L4_DST) == 80) {
                verdict.reject(DropReason.of("picky/web"));
            } else if (packet.get(Field.IP_PROTOCOL) == 58) {
                throw new IllegalStateException("icmpv6");
            } else if (packet.get(Field.TTL) > 200) {
                verdict.redirect(1);
            }
        });
        sw.port("a", PortVlan.access(10)).port("b", PortVlan.trunk(List.of(10, 20), 10), slot(1, "rewrite", false), slot(2, "picky", true))
                .port("c", PortVlan.trunk(List.of(10, 20, 30), 0)).port("d", PortVlan.access(20), slot(1, "picky", false));
        Random random = new Random(42);
        for (int i = 0; i < 100_000; i++) {
            sw.home.simulated().inject(List.of("a", "b", "c", "d").get(random.nextInt(4)), frame(random));
            if (i % 500 == 0) {
                sw.home.views().ports().forEach(p -> sw.captured(p.name()));
                sw.warp(1);
            }
            if (i % 5000 == 1) {
                sw.warp(random.nextInt(20));
                PortVlan vlan = random.nextBoolean() ? PortVlan.access(10) : PortVlan.trunk(List.of(10, 20), 20);
                sw.home.setPort(new PortDocument(1, "a", "sim", "a", vlan, List.of()));
                sw.swap("engine", random.nextBoolean() ? LearningEngine::new : FloodEngine::new);
                assertEquals("", sw.imbalance());
            }
        }
        assertEquals("", sw.imbalance());
        assertEquals(100_000, sw.home.views().ports().stream().mapToLong(p -> p.received()).sum());
        assertTrue(sw.events().stream().noneMatch(e -> e.contains("loop failed") || e.contains("engine")), sw.events().toString());
        assertEquals(0, sw.home.onLoop(() -> sw.home.upcalls.mismatches().count()));
    }

    @Test
    void aFloodOfStationsFromOnePortLeavesThoseOfOthersAloneAndMemoryBounded() {
        sw.ports(PortVlan.access(10), "good", "evil", "other");
        sw.inject("good", "eth(src=02:00:00:00:00:0a,dst=ff:ff:ff:ff:ff:ff) payload(46)");
        sw.home.onLoop(() -> {
            for (int i = 0; i < 20_000; i++) {
                byte[] frame = FrameText.build("eth(src=02:aa:00:00:" + hex(i >> 8) + ":" + hex(i) + ",dst=02:00:00:00:00:0a) payload(46)");
                sw.home.simulated().inject("evil", frame);
            }
            return null;
        });
        TableView fdb = sw.home.views().tables().stream().filter(t -> t.type().equals("fdb/1")).findFirst().orElseThrow();
        assertEquals(4097, fdb.rows());
        List.of("good", "evil", "other").forEach(sw::captured);
        sw.inject("other", "eth(src=02:00:00:00:00:0c,dst=02:00:00:00:00:0a) payload(46)");
        assertEquals(List.of(1, 0), List.of(sw.count("good"), sw.count("evil")));
        assertEquals(4098, sw.home.views().rows("fdb").size());
        assertEquals("", sw.imbalance());
        sw.warp(400);
        assertEquals(0, sw.home.views().rows("fdb").size());
        assertEquals(0, sw.flows().size());
    }

    private static String hex(int octet) {
        return String.format("%02x", octet & 0xff);
    }

    @Test
    void aPortTakesWhatIsKnownOfItAlongAndLeavesWhatIsNot() {
        sw.ports(PortVlan.access(10), "a", "b", "c");
        sw.home.placeRow(new RowDocument("fdb", java.util.Map.of("vlan", "10", "mac", "02:00:00:00:00:99"), java.util.Map.of("port", "a", "fixed", "true")), true);
        sw.inject("a", "eth(src=02:00:00:00:00:0a,dst=ff:ff:ff:ff:ff:ff) payload(46)");
        sw.inject("b", "eth(src=02:00:00:00:00:0b,dst=ff:ff:ff:ff:ff:ff) payload(46)");
        sw.home.removePort(new PortDocument(2, "b", "sim", "b", PortVlan.access(10), List.of()));
        assertEquals(2, sw.home.views().rows("fdb").size());
        assertEquals(2, sw.home.views().rows("port").size());
        assertEquals("", sw.home.views().flows().stream().map(f -> f.actions()).filter(x -> x.contains("#2")).findFirst().orElse(""));
    }

    @Test
    void aFrameGoesBackOutOfItsIngressPortWhenTheEngineSaysSo() {
        sw.ports(PortVlan.access(10), "a", "b");
        sw.swap("echo", () -> (packet, forward) -> {
            long sender = packet.source();
            forward.set(Field.ETH_SRC, packet.destination()).set(Field.ETH_DST, sender).to(packet.ingress());
        });
        for (int i = 0; i < 3; i++) {
            sw.inject("a", "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) arp()");
        }
        List<String> back = sw.captured("a");
        assertEquals(3, back.size());
        assertTrue(back.getLast().startsWith("eth(src=02:00:00:00:00:0b,dst=02:00:00:00:00:0a)"), back.getLast());
        assertEquals(1, sw.decided());
        assertEquals("", sw.imbalance());
    }
}
