package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Tag;

class ActionsTest extends DecideTest {
    private static final String PLAIN = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4(dscp=5) udp()";
    private static final String TAGGED = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3,dei=true) ipv4(dscp=5) udp()";

    @BeforeEach
    void ports() {
        port(1, PortVlan.access(10));
        port(2, PortVlan.access(10));
        port(3, PortVlan.trunk(List.of(10, 20), 0));
        port(4, PortVlan.trunk(List.of(10), 10));
        port(5, PortVlan.access(20));
    }

    @Test
    void eachOutputLeavesWithTheRewritesMadeBeforeIt() {
        Decision decision = decide(1, PLAIN, (p, f) -> {
            f.to(2);
            f.set(Field.ETH_DST, 0x0200_0000_0099L).to(4);
            f.set(Field.DSCP, 46).to(3);
        });
        assertEquals(List.of("2: " + PLAIN, "4: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:99) ipv4(dscp=5) udp()",
                "3: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:99) vlan(vid=10) ipv4(dscp=46) udp()"), execute(decision, 1, PLAIN));
        assertFalse(match(decision, 1, PLAIN).contains("dscp"), "nothing had to be undone");
    }

    @Test
    void outputsWithFewerRewritesComeFirst() {
        Decision decision = decide(1, PLAIN, (p, f) -> {
            f.copy().set(Field.ETH_DST, 0x0200_0000_0099L).to(2);
            f.to(4);
        });
        assertEquals("output p4,set(eth_dst=02:00:00:00:00:99),output p2", actions(decision));
        assertFalse(match(decision, 1, PLAIN).contains("eth_dst"));
    }

    @Test
    void whatMustBeUndoneIsReadSoThatItIsCompared() {
        Decision decision = decide(1, PLAIN, (p, f) -> {
            f.copy().set(Field.ETH_DST, 0x0200_0000_0099L).to(2);
            f.copy().set(Field.ETH_SRC, 0x0200_0000_0077L).to(4);
        });
        List<String> out = execute(decision, 1, PLAIN);
        assertTrue(out.contains("2: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:99) ipv4(dscp=5) udp()"), out.toString());
        assertTrue(out.contains("4: eth(src=02:00:00:00:00:77,dst=02:00:00:00:00:0b) ipv4(dscp=5) udp()"), out.toString());
        assertTrue(match(decision, 1, PLAIN).contains("eth_dst=02:00:00:00:00:0b"), match(decision, 1, PLAIN));
    }

    @Test
    void theVlansOwnTagIsThePlatforms() {
        Decision decision = decide(3, TAGGED, (p, f) -> f.to(1, 3, 4));
        List<String> out = execute(decision, 3, TAGGED);
        assertTrue(out.containsAll(List.of("1: " + PLAIN, "3: " + TAGGED, "4: " + PLAIN)), out.toString());
    }

    @Test
    void aPriorityThatWasSetLeavesWithTheTag() {
        Decision decision = decide(3, TAGGED, (p, f) -> f.set(Field.VLAN_PCP, 6).to(3, 1));
        List<String> out = execute(decision, 3, TAGGED);
        assertTrue(out.contains("1: " + PLAIN), out.toString());
        assertTrue(out.getLast().contains("vlan(vid=10,pcp=6)") || out.getFirst().contains("vlan(vid=10,pcp=6)"), out.toString());
        decide(3, TAGGED, (p, f) -> {
            f.set(Field.VLAN_PCP, 6);
            assertEquals(6, p.get(Field.VLAN_PCP));
            f.drop(NO);
        });
    }

    @Test
    void pushedTagsStandInsideTheVlansOwn() {
        Decision decision = decide(1, PLAIN, (p, f) -> f.push(Tag.customer(30)).push(new Tag(true, 40, 2)).to(3, 2));
        List<String> out = execute(decision, 1, PLAIN);
        assertTrue(out.contains("2: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=40,pcp=2,service=true) vlan(vid=30) ipv4(dscp=5) udp()"), out.toString());
        assertTrue(out.contains("3: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10) vlan(vid=40,pcp=2,service=true) vlan(vid=30) ipv4(dscp=5) udp()"), out.toString());
    }

    @Test
    void popTakesTheTagInsideTheVlansOwnAndUndoPutsItBack() {
        String qinq = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3) vlan(vid=77,pcp=1) ipv4() udp()";
        Decision decision = decide(3, qinq, (p, f) -> {
            f.copy().pop().to(1);
            f.copy().set(Field.ETH_SRC, 5).set(Field.ETH_DST, 6).set(Field.DSCP, 7).to(3);
            f.to(2);
        });
        List<String> out = execute(decision, 3, qinq);
        assertTrue(out.contains("1: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) ipv4() udp()"), out.toString());
        assertTrue(out.contains("2: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=77,pcp=1) ipv4() udp()"), out.toString());
        assertTrue(out.contains("3: eth(src=00:00:00:00:00:05,dst=00:00:00:00:00:06) vlan(vid=10,pcp=3) vlan(vid=77,pcp=1) ipv4(dscp=7) udp()"), out.toString());
        assertTrue(match(decision, 3, qinq).contains("inner_vid=77"), match(decision, 3, qinq));
    }

    @Test
    void popOfAFrameWithoutTagsDoesNothingAndRecordsThat() {
        Decision decision = decide(1, PLAIN, (p, f) -> f.pop().pop().to(2));
        assertEquals(List.of("2: " + PLAIN), execute(decision, 1, PLAIN));
        assertTrue(match(decision, 1, PLAIN).contains("tag_kind=none"));
    }

    @Test
    void popTakesBackWhatWasPushed() {
        Decision decision = decide(1, PLAIN, (p, f) -> f.push(Tag.customer(7)).pop().to(2));
        assertEquals("output p2", actions(decision));
    }

    /** Random outputs with random rewrites, each compared with what one output alone would have sent. */
    @Test
    void anOutputLooksTheSameInCompanyAndAlone() {
        java.util.Random random = new java.util.Random(11);
        String[] frames = {TAGGED, "eth() vlan(vid=10) vlan(vid=3,service=true) ipv6() tcp()", "eth() vlan(vid=10,pcp=1) vlan(vid=3) vlan(vid=4) ipv4() udp()"};
        for (int round = 0; round < 3000; round++) {
            String text = frames[random.nextInt(frames.length)];
            long seed = random.nextLong();
            Decision together = decide(3, text, (p, f) -> script(new java.util.Random(seed), f, -1));
            List<String> out = new java.util.ArrayList<>(execute(together, 3, text));
            List<String> alone = new java.util.ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int only = i;
                alone.addAll(execute(decide(3, text, (p, f) -> script(new java.util.Random(seed), f, only)), 3, text));
            }
            out.sort(null);
            alone.sort(null);
            assertEquals(alone, out, text + " seed " + seed + ": " + actions(together));
        }
    }

    private static void script(java.util.Random random, org.vnetwork.packet.Forward forward, int only) {
        for (int i = 0; i < 4; i++) {
            org.vnetwork.packet.Forward branch = random.nextBoolean() ? forward.copy() : forward;
            for (int actions = random.nextInt(4); actions > 0; actions--) {
                switch (random.nextInt(6)) {
                    case 0 -> branch.set(Field.ETH_SRC, random.nextInt(3));
                    case 1 -> branch.set(Field.ETH_DST, random.nextInt(3));
                    case 2 -> branch.set(Field.DSCP, random.nextInt(64));
                    case 3 -> branch.set(Field.VLAN_PCP, random.nextInt(8));
                    case 4 -> branch.push(new Tag(random.nextBoolean(), random.nextInt(5), random.nextInt(8)));
                    default -> branch.pop();
                }
            }
            int port = 1 + random.nextInt(4);
            if (only < 0 || only == i) {
                branch.to(port);
            }
        }
    }

    @Test
    void moreOutputsThanAListHoldsAreADropWithAReason() {
        int[] many = IntStream.range(0, 129).map(i -> 2).toArray();
        assertEquals("drop core/too-many-outputs", actions(decide(1, PLAIN, (p, f) -> f.to(many))));
        int[] fit = IntStream.range(0, 128).map(i -> 2).toArray();
        assertEquals(128, decide(1, PLAIN, (p, f) -> f.to(fit)).actions().size());
        int[] unknown = IntStream.range(0, 200).map(i -> 900).toArray();
        assertEquals("drop core/too-many-outputs", actions(decide(1, PLAIN, (p, f) -> f.to(unknown))));
    }

    @Test
    void outputsOutsideTheVlanOrToNobodyAreRefusedAndTheOthersGoOn() {
        assertEquals("drop port/not-in-vlan,drop port/unknown,drop port/unknown,output p2", actions(decide(1, PLAIN, (p, f) -> f.to(5, 99, -3, 2))));
    }

    @Test
    void aValueThatDoesNotFitOrCannotBeSetFailsTheEngine() {
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.set(Field.DSCP, 64).to(2))));
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.set(Field.L4_DST, 64).to(2))));
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.meter(1).to(2))));
        assertEquals(3, failures.size());
    }

    @Test
    void dscpOfAFrameWithoutIpIsLeftAlone() {
        assertEquals("output p2", actions(decide(1, "eth() arp()", (p, f) -> f.set(Field.DSCP, 46).to(2))));
    }

    @Test
    void aFieldThatWasSetReadsAsSetAndRecordsNothing() {
        Decision decision = decide(1, PLAIN, (p, f) -> {
            f.set(Field.ETH_DST, 0x99L);
            assertEquals(0x99L, p.destination());
            assertTrue(p.matches(Field.ETH_DST, 0x19L, 0x1fL));
            f.to(2);
        });
        assertFalse(match(decision, 1, PLAIN).contains("eth_dst"));
    }
}
