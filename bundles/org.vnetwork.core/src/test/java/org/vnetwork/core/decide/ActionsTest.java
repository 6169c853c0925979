package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.Counter;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Meter;
import org.vnetwork.packet.Tag;
import org.vnetwork.packet.wire.Action;

class ActionsTest extends FivePorts {
    private static final String TAGGED = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3,dei=true) ipv4(dscp=5) udp()";

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
        assertTrue(out.getLast().contains("vlan(vid=10,pcp=6,dei=true)") || out.getFirst().contains("vlan(vid=10,pcp=6,dei=true)"), out.toString());
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
                switch (random.nextInt(11)) {
                    case 0 -> branch.set(Field.ETH_SRC, random.nextInt(3));
                    case 1 -> branch.set(Field.ETH_DST, random.nextInt(3));
                    case 2 -> branch.set(Field.DSCP, random.nextInt(64));
                    case 3 -> branch.set(Field.VLAN_PCP, random.nextInt(8));
                    case 4 -> branch.push(new Tag(random.nextBoolean(), random.nextInt(5), random.nextInt(8), random.nextBoolean()));
                    case 5 -> branch.set(Field.VLAN_DEI, random.nextInt(2));
                    case 6 -> branch.set(random.nextBoolean() ? Field.INNER_VID : Field.INNER_PCP, random.nextInt(8));
                    case 7 -> branch.set(Field.INNER_DEI, random.nextInt(2));
                    case 8 -> branch.set(random.nextBoolean() ? Field.IP_SRC : Field.IP_DST, random.nextInt(3));
                    case 9 -> branch.set(random.nextBoolean() ? Field.L4_SRC : Field.L4_DST, random.nextInt(3));
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
        int[] many = IntStream.rangeClosed(0, Action.LIMIT).map(i -> 2).toArray();
        assertEquals("drop core/too-many-outputs", actions(decide(1, PLAIN, (p, f) -> f.to(many))));
        int[] fit = IntStream.range(0, Action.LIMIT).map(i -> 2).toArray();
        assertEquals(Action.LIMIT, decide(1, PLAIN, (p, f) -> f.to(fit)).actions().size());
        int[] unknown = IntStream.rangeClosed(0, Action.LIMIT).map(i -> 900).toArray();
        assertEquals("drop core/too-many-outputs", actions(decide(1, PLAIN, (p, f) -> f.to(unknown))));
    }

    @Test
    void outputsOutsideTheVlanOrToNobodyAreRefusedAndTheOthersGoOn() {
        assertEquals("drop port/not-in-vlan,drop port/unknown,drop port/unknown,output p2", actions(decide(1, PLAIN, (p, f) -> f.to(5, 99, -3, 2))));
    }

    @Test
    void aValueThatDoesNotFitOrCannotBeSetFailsTheEngine() {
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.set(Field.DSCP, 64).to(2))));
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.set(Field.TTL, 64).to(2))));
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.meter(new Meter("m", 1_000_000, 1500)).to(2))));
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

    @Test
    void dropEligibilityStaysWithThePriorityOrIsSet() {
        assertTrue(execute(decide(3, TAGGED, (p, f) -> f.set(Field.VLAN_DEI, 0).to(3)), 3, TAGGED).getFirst().contains("vlan(vid=10,pcp=3)"));
        assertTrue(execute(decide(1, PLAIN, (p, f) -> f.set(Field.VLAN_DEI, 1).to(3)), 1, PLAIN).getFirst().contains("vlan(vid=10,dei=true)"));
        decide(3, TAGGED, (p, f) -> {
            f.set(Field.VLAN_DEI, 0);
            assertEquals(0, p.get(Field.VLAN_DEI));
            f.drop(NO);
        });
        assertEquals(List.of(), failures);
    }

    @Test
    void partsOfTheInnerTagAreSetAndTheRestOfItStays() {
        String qinq = "eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3) vlan(vid=77,pcp=1,dei=true,service=true) ipv4() udp()";
        Decision decision = decide(3, qinq, (p, f) -> f.set(Field.INNER_VID, 5).set(Field.INNER_PCP, 7).to(1, 3));
        List<String> out = execute(decision, 3, qinq);
        assertTrue(out.contains("1: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=5,pcp=7,dei=true,service=true) ipv4() udp()"), out.toString());
        assertTrue(out.contains("3: eth(src=02:00:00:00:00:0a,dst=02:00:00:00:00:0b) vlan(vid=10,pcp=3) vlan(vid=5,pcp=7,dei=true,service=true) ipv4() udp()"), out.toString());
        assertEquals("output p2", actions(decide(1, PLAIN, (p, f) -> f.set(Field.INNER_VID, 5).to(2))), "there is no tag inside");
        Decision pushed = decide(1, PLAIN, (p, f) -> f.push(Tag.service(9)).set(Field.INNER_DEI, 1).to(2));
        assertTrue(execute(pushed, 1, PLAIN).getFirst().contains("vlan(vid=9,dei=true,service=true)"));
    }

    @Test
    void addressesAndPortsAreSetForTheirOwnFamilyOnly() {
        Decision nat = decide(1, PLAIN, (p, f) -> {
            f.set(Field.IP_SRC, 0xc0000201L).set(Field.L4_DST, 53);
            assertEquals(0xc0000201L, p.get(Field.IP_SRC));
            assertEquals(53, p.get(Field.L4_DST));
            f.to(2);
        });
        assertTrue(execute(nat, 1, PLAIN).getFirst().contains("ipv4(src=192.0.2.1,dst=10.0.0.2,dscp=5) udp(src=1000,dst=53)"), execute(nat, 1, PLAIN).toString());
        String v6 = "eth() ipv6() tcp()";
        Decision six = decide(1, v6, (p, f) -> {
            f.set(Field.IP_DST, 0xfd00L << 48, 7);
            assertEquals(0xfd00L << 48, p.high(Field.IP_DST));
            assertTrue(p.matches(Field.IP_DST, 0xfd00L << 48, 0, 0xffffL << 48, 0));
            f.to(2);
        });
        assertTrue(execute(six, 1, v6).getFirst().contains("dst=fd00::7"), execute(six, 1, v6).toString());
        assertEquals("output p2", actions(decide(1, "eth() arp()", (p, f) -> f.set(Field.IP_SRC, 1).set(Field.L4_SRC, 1).to(2))));
        assertEquals("output p2", actions(decide(1, "eth() ipv4(proto=132) payload(12)", (p, f) -> f.set(Field.L4_SRC, 1).to(2))), "the checksum of SCTP cannot follow");
        assertEquals(List.of(), failures);
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.set(Field.IP_SRC, 1, 1).to(2))));
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> f.set(Field.L4_DST, 65536).to(2))));
    }

    @Test
    void aCounterCountsWhereverTheFrameEnds() {
        Counter counter = new Counter("seen");
        assertEquals("count,output p2", actions(decide(1, PLAIN, (p, f) -> f.count(counter).to(2))));
        assertEquals("count,drop test/no", actions(decide(1, PLAIN, (p, f) -> f.count(counter).drop(NO))));
        assertEquals(2, decide(1, PLAIN, (p, f) -> f.count(counter).consume()).actions().size());
        assertEquals(List.of("engine test seen"), List.copyOf(counters.values()));
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> {
            f.count(counter);
            throw new IllegalStateException("after counting");
        })), "what failed counts nothing");
    }

    @Test
    void whatTheDriverCannotDoFailsWithBothNames() {
        capabilities = new org.vnetwork.datapath.Capabilities(org.vnetwork.datapath.Capabilities.wholeKey(), java.util.Set.of(Field.ETH_DST), java.util.Set.of(), 10, 10);
        for (java.util.function.Consumer<org.vnetwork.packet.Forward> action : List.<java.util.function.Consumer<org.vnetwork.packet.Forward>>of(
                f -> f.set(Field.DSCP, 1), f -> f.set(Field.IP_SRC, 1), f -> f.set(Field.VLAN_DEI, 1), f -> f.set(Field.INNER_VID, 1), f -> f.set(Field.VLAN_VID, 1), f -> f.meter(new Meter("m", 1_000_000, 65_536)), f -> f.count(new Counter("c")), f -> f.push(Tag.service(1)))) {
            decide(1, PLAIN, (p, f) -> {
                String message = org.junit.jupiter.api.Assertions.assertThrows(UnsupportedOperationException.class, () -> action.accept(f)).getMessage();
                assertTrue(message.endsWith(": not supported by driver test"), message);
                f.drop(NO);
            });
        }
        assertEquals(List.of(), failures);
    }
}
