package org.vnetwork.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

/** One decision in 64 is made twice, which finds plugins that look at more than packet and rows. */
class SamplesTest extends FivePorts {
    private static final int ENOUGH = 640;
    private final AtomicLong count = new AtomicLong();

    record Place(int number) {
    }

    @DataType("flag/1")
    record Flag(int value) {
    }

    private void decideOften() {
        Pipeline pipeline = pipeline();
        Frame frame = frame(1, PLAIN);
        for (int time = 0; time < ENOUGH; time++) {
            pipeline.commit(key(frame), frame, 0);
            pipeline.evaluate(key(frame), null);
        }
    }

    @Test
    void anEngineWithAFieldOfItsOwnIsFoundAndBothItsVerdictsAreTold() {
        engine = (packet, forward) -> forward.to(count.getAndIncrement() % 3 == 0 ? 2 : 3);
        decideOften();
        assertTrue(differences.contains("engine test: other actions: to p3, then to p2") || differences.contains("engine test: other actions: to p2, then to p3"), differences.toString());
        assertTrue(differences.stream().allMatch(d -> d.startsWith("engine test: ")), differences.toString());
    }

    @Test
    void anEngineThatReadsOtherFieldsOrRowsEachTimeIsFound() {
        SplittableRandom random = new SplittableRandom(7);
        engine = (packet, forward) -> {
            packet.get(random.nextBoolean() ? Field.ETH_DST : Field.ETH_SRC);
            forward.to(2);
        };
        decideOften();
        assertTrue(differences.contains("engine test: other bits read"), differences.toString());
        differences.clear();
        Table<Place, Flag> table = tables.view(Place.class, Flag.class);
        engine = (packet, forward) -> {
            table.get(new Place(random.nextInt(5)));
            forward.to(2);
        };
        decideOften();
        assertTrue(differences.contains("engine test: other rows read or written"), differences.toString());
    }

    @Test
    void aFilterIsFoundAndNotTheEngineBehindIt() {
        port(1, PortVlan.access(10), new FilterDocument(4, "clock", false));
        SplittableRandom random = new SplittableRandom(7);
        filter(1, 4, (packet, verdict) -> {
            if (random.nextBoolean()) {
                verdict.drop(NO);
            }
        });
        engine = (packet, forward) -> forward.to(2);
        decideOften();
        assertTrue(!differences.isEmpty() && differences.stream().allMatch(d -> d.startsWith("filter clock: other actions: ")), differences.toString());
    }

    @Test
    void whatIsSteadyIsNotTold() {
        Table<Place, Flag> table = tables.view(Place.class, Flag.class);
        engine = (packet, forward) -> {
            table.put(new Place((int) count.getAndIncrement()), new Flag(1));
            forward.to(2);
        };
        decideOften();
        engine = (packet, forward) -> {
            packet.uncacheable();
            forward.to(count.getAndIncrement() % 2 == 0 ? 2 : 3);
        };
        decideOften();
        engine = (packet, forward) -> forward.flood();
        decideOften();
        assertEquals(List.of(), differences);
    }
}
