package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.engine.learning.LearningEngine;
import org.vnetwork.model.PortId;
import org.vnetwork.model.PortVlan;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** 100,000 flows: a changed row costs as many writes as flows read it, and nothing else is touched, also in the process after a dead one. */
class ManyFlowsTest {
    private static final int FROM = 400;
    private static final int TO = 250;
    private static final long FIRST_FROM = 0x0200_0000_0c00L;
    private static final long FIRST_TO = 0x0200_0000_0b00L;

    @TempDir
    private Path folder;
    private final OutlivingDatapath datapath = new OutlivingDatapath();
    private TestSwitch sw;

    private static byte[] frame(long source, long destination) {
        byte[] frame = FrameText.build("eth(src=02:00:00:00:00:00,dst=02:00:00:00:00:00) payload(46)");
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) (destination >>> 40 - 8 * i);
            frame[6 + i] = (byte) (source >>> 40 - 8 * i);
        }
        return frame;
    }

    private void life() {
        sw = new TestSwitch(datapath.forOneLife(), Journal.open(folder.resolve("sw1.journal"), "boot", line -> {
            throw new AssertionError(line);
        }));
        sw.home.limit(new LimitsDocument(Map.of(Limit.PORT_FLOWS, 150_000)));
        for (int id = 1; id <= 3; id++) {
            sw.home.restorePort(new PortDocument(id, "p" + id, "sim", "p" + id, PortVlan.access(10), List.of()));
        }
        sw.swap("learning", LearningEngine::new);
        sw.home.restored();
        sw.settle();
    }

    @BeforeEach
    void fill() {
        life();
        for (int to = 0; to < TO; to++) {
            sw.home.simulated().inject("p2", frame(FIRST_TO + to, 0xffff_ffff_ffffL));
        }
        sw.warp(11);
        assertEquals(0, sw.home.views().summary().flows(), "what taught the stations is idle");
        for (int from = 0; from < FROM; from++) {
            for (int to = 0; to < TO; to++) {
                sw.home.simulated().inject("p1", frame(FIRST_FROM + from, FIRST_TO + to));
            }
            sw.captured("p2");
        }
        assertEquals(FROM * TO, sw.home.views().summary().flows());
        datapath.writes.clear();
    }

    @AfterEach
    void close() {
        sw.close();
        datapath.close();
    }

    /** A station is placed at another port. */
    private void move(int to) {
        sw.home.onLoop(() -> {
            sw.home.tables.view(Station.class, FdbEntry.class).put(new Station(10, FIRST_TO + to), new FdbEntry(new PortId(3), true));
            return null;
        });
        sw.settle();
    }

    @Test
    void oneRowCostsAsManyWritesAsItHasReaders() {
        long decided = sw.decided();
        move(7);
        assertEquals(Collections.nCopies(FROM, "replace"), datapath.writes);
        assertEquals(decided, sw.decided(), "nothing came up");
        datapath.writes.clear();

        // The process dies; the next one takes over.
        sw.home.loop.stop(() -> { });
        life();
        assertEquals(List.of(), datapath.writes, "100,000 flows were decided again and none changed");
        assertEquals(FROM * TO + " kept, 0 replaced, 0 drained, 0 revoked", sw.home.onLoop(() -> sw.home.totals()).toString());
        move(8);
        assertEquals(Collections.nCopies(FROM, "replace"), datapath.writes);
        assertEquals(0, sw.decided(), "nothing came up");
    }
}
