package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Meter;

class MetersTest extends FivePorts {
    @Test
    void moreMetersThanGatesLimitEachItsOwnOutputs() {
        Decision decision = decide(1, PLAIN, (p, f) -> {
            for (int i = 0; i < 200; i++) {
                f.copy().meter(new Meter("m" + i, 1_000_000 + i, 65_536)).to(2);
            }
            f.to(2);
        });
        assertEquals(401, decision.actions().size());
        REFUSING.addAll(List.of(1_000_003L, 1_000_150L));
        try {
            List<String> expected = new ArrayList<>(Collections.nCopies(201, "2: " + PLAIN));
            expected.set(3, "metered");
            expected.set(150, "metered");
            assertEquals(expected, execute(decision, 1, PLAIN));
        } finally {
            REFUSING.clear();
        }
    }

    @Test
    void metersThatLimitTaggedAndPlainOutputsHaveAsManyGatesAsTheyNeed() {
        Decision decision = decide(1, PLAIN, (p, f) -> {
            for (int i = 0; i < 100; i++) {
                f.copy().meter(new Meter("m" + i, 1_000_000 + i, 65_536)).to(2, 3);
            }
        });
        REFUSING.add(1_000_070L);
        try {
            List<String> out = execute(decision, 1, PLAIN);
            assertEquals(List.of(2L, 99L, 99L), List.of(out.stream().filter("metered"::equals).count(), out.stream().filter(o -> o.startsWith("2:")).count(),
                    out.stream().filter(o -> o.startsWith("3:")).count()));
        } finally {
            REFUSING.clear();
        }
    }

    @Test
    void aMeterConcernsLaterOutputsAloneAndIsAskedOnce() {
        Meter slow = new Meter("slow", 1_000_000, 65_536);
        Meter other = new Meter("other", 2_000_000, 65_536);
        Decision decision = decide(1, PLAIN, (p, f) -> {
            f.to(2);
            f.copy().meter(other).to(4);
            f.meter(slow).to(3, 2);
            f.copy().meter(other);
        });
        assertEquals("output p2,meter(2000000 bit/s,burst=65536),output p4,meter(1000000 bit/s,burst=65536),output p2,push(vid=10),output p3", actions(decision));
        REFUSING.add(1_000_000L);
        try {
            assertEquals(List.of("2: " + PLAIN, "4: " + PLAIN, "metered", "metered"), execute(decision, 1, PLAIN));
        } finally {
            REFUSING.clear();
        }
        assertEquals("output p2", actions(decide(1, PLAIN, (p, f) -> {
            f.copy().meter(slow);
            f.to(2);
        })), "a meter without outputs is not asked");
    }

    @Test
    void equalMetersOfOnePluginAreOneBucket() {
        Decision one = decide(1, PLAIN, (p, f) -> f.meter(new Meter("a", 1_000_000, 65_536)).to(2));
        Decision same = decide(2, PLAIN, (p, f) -> f.meter(new Meter("a", 1_000_000, 65_536)).to(1));
        Decision other = decide(1, PLAIN, (p, f) -> f.meter(new Meter("b", 1_000_000, 65_536)).to(2));
        assertEquals(one.actions().getFirst(), same.actions().getFirst());
        assertNotEquals(one.actions().getFirst(), other.actions().getFirst());
        assertEquals("drop core/engine-failed", actions(decide(1, PLAIN, (p, f) -> {
            for (int i = 0; i < 65; i++) {
                f.meter(new Meter("m" + i, 1_000_000, 65_536));
            }
            f.to(2);
        })));
    }

    @Test
    void aStageThatFailedLeavesItsMetersToOthers() {
        filter(1, 1, (packet, verdict) -> {
            for (int i = 0; i < 64; i++) {
                verdict.meter(new Meter("m" + i, 1_000_000, 65_536));
            }
            throw new IllegalStateException("after metering");
        });
        port(1, PortVlan.access(10), new org.vnetwork.control.FilterDocument(1, "weak", true));
        assertEquals("meter(1000000 bit/s,burst=65536),output p2", actions(decide(1, PLAIN, (p, f) -> f.meter(new Meter("mine", 1_000_000, 65_536)).to(2))));
        assertEquals(List.of("filter weak"), failures);
    }
}
