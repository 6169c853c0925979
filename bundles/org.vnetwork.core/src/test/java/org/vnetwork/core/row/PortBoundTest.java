package org.vnetwork.core.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vnetwork.model.PortId;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

class PortBoundTest {
    private static final PortId A = new PortId(1);
    private static final PortId B = new PortId(2);
    private static final Duration IDLE = Duration.ofSeconds(300);
    private long now = TimeUnit.HOURS.toNanos(1);
    private final Tables tables = new Tables(() -> now);
    private final Table<Station, FdbEntry> fdb = tables.view(Station.class, FdbEntry.class);
    private final RowTable table = Tables.behind(fdb);
    private final List<String> told = new ArrayList<>();

    private static Station station(int mac) {
        return new Station(10, mac);
    }

    private static FdbEntry at(PortId port) {
        return new FdbEntry(port, false);
    }

    private void pass(int seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
        tables.expire(now);
    }

    /** A decision that learns a station, as it would be installed: what it read, and whether it wrote. */
    private Transaction decide(int mac, PortId port) {
        Transaction transaction = tables.begin();
        fdb.put(station(mac), at(port), IDLE);
        tables.end();
        return transaction;
    }

    private void commit(int mac, PortId port) {
        decide(mac, port).commit(now);
    }

    @Test
    void aPortHasItsShareOfATableAndOthersHaveTheirs() {
        tables.bound(100, 5);
        for (int i = 0; i < 1000; i++) {
            commit(i, A);
        }
        commit(5000, B);
        assertEquals(List.of(101, 100, 1, 900L, 0L), List.of(table.count(), table.rows(A), table.rows(B), table.refused(A), table.refused(B)));
        assertEquals(at(B), fdb.get(station(5000)));
        assertNull(fdb.get(station(100)));
    }

    /** Else every frame of a station that has no room would come up for ever. */
    @Test
    void aRowThatIsRefusedIsNoWriteAndIsDecidedAgainWhenThereIsRoom() {
        tables.bound(1, 5);
        commit(1, A);
        Transaction refused = decide(2, A);
        assertFalse(refused.wrote());
        assertEquals(0, table.refused(A), "counted when it is committed, not when it is only thought of");
        refused.commit(now);
        assertEquals(1, table.refused(A));
        int[] dirty = new int[1];
        refused.reads().forEach(d -> d.add(mayDeny -> dirty[0]++, 0));
        assertTrue(refused.reads().toString().contains("fdb/1[room of #1]"), refused.reads()::toString);
        fdb.remove(station(1));
        assertEquals(1, dirty[0]);
        assertTrue(decide(2, A).wrote());
    }

    @Test
    void aRowThatIsRefusedInAStageThatFailedIsNotCounted() {
        tables.bound(1, 5);
        commit(1, A);
        Transaction decision = tables.begin();
        fdb.put(station(2), at(A), IDLE);
        Transaction.Savepoint savepoint = decision.savepoint();
        fdb.put(station(3), at(A), IDLE);
        decision.rollback(savepoint);
        tables.end();
        decision.commit(now);
        assertEquals(1, table.refused(A), "that of the stage before counts");
    }

    @Test
    void aRaisedLimitHasRefusedRowsDecidedAgain() {
        tables.bound(1, 5);
        commit(1, A);
        int[] dirty = new int[1];
        decide(2, A).reads().forEach(d -> d.add(mayDeny -> dirty[0]++, 0));
        tables.bound(2, 5);
        assertEquals(1, dirty[0]);
        assertTrue(decide(2, A).wrote());
    }

    @Test
    void rowsThatStayAreTheAdministratorsAndAreNotBounded() {
        tables.bound(1, 1);
        for (int i = 0; i < 10; i++) {
            fdb.put(station(i), new FdbEntry(A, true));
        }
        assertEquals(List.of(10, 0), List.of(table.count(), table.rows(A)));
        fdb.put(station(3), at(A), IDLE);
        assertEquals(1, table.rows(A));
        fdb.put(station(3), new FdbEntry(A, true));
        assertEquals(0, table.rows(A));
    }

    @Test
    void sharesFollowMovesAndExpiry() {
        tables.bound(10, 100);
        for (int i = 0; i < 10; i++) {
            commit(i, A);
        }
        commit(3, B);
        assertEquals(List.of(9, 1), List.of(table.rows(A), table.rows(B)));
        pass(301);
        assertEquals(List.of(0, 0, 0), List.of(table.count(), table.rows(A), table.rows(B)));
    }

    @Test
    void aRowThatMovesTooOftenStaysForAWhileAndIsTold() {
        tables.bound(100, 5);
        tables.listen((t, key, from, to) -> told.add(t.id() + " " + Texts.of(key) + " " + from + " " + to));
        commit(1, A);
        for (int i = 0; i < 100; i++) {
            commit(1, i % 2 == 0 ? B : A);
        }
        assertEquals(at(B), fdb.get(station(1)), "five moves: to B, A, B, A, B");
        assertEquals(List.of("fdb/1 vlan=10,mac=00:00:00:00:00:01 #1 #2"), told);
        assertEquals(List.of(0L, 1L), List.of(table.held(A), table.held(B)));
        int[] dirty = new int[1];
        Transaction held = decide(1, A);
        assertFalse(held.wrote());
        held.reads().forEach(d -> d.add(mayDeny -> dirty[0]++, 0));
        pass(9);
        assertFalse(decide(1, A).wrote());
        pass(2);
        assertEquals(1, dirty[0], "a flow that the hold had a part in is decided again");
        assertTrue(decide(1, A).wrote());
        commit(2, A);
        commit(2, B);
        assertEquals(at(B), fdb.get(station(2)), "other rows move as before");
    }

    @Test
    void movesThatAreFarApartAreNotTooMany() {
        tables.bound(100, 2);
        commit(1, A);
        for (int i = 0; i < 20; i++) {
            commit(1, i % 2 == 0 ? B : A);
            pass(11);
            fdb.put(station(1), fdb.get(station(1)), IDLE);
        }
        assertEquals(0L, table.held(A) + table.held(B));
    }

    /** A port in the key. */
    record Slot(PortId port, int number) {
    }

    /** A row that names another port. */
    @DataType("test.pair/1")
    record Pair(PortId other, String text) {
    }

    @Test
    void portsInKeysCountAsThoseInRows() {
        Table<Slot, Pair> pairs = tables.view(Slot.class, Pair.class);
        tables.bound(5, 100);
        for (int i = 0; i < 20; i++) {
            pairs.put(new Slot(A, i), new Pair(B, "x"), IDLE);
        }
        RowTable rows = Tables.behind(pairs);
        assertEquals(List.of(5, 5, 5), List.of(rows.count(), rows.rows(A), rows.rows(B)));
        pairs.put(new Slot(A, 0), new Pair(A, "x"), IDLE);
        assertEquals(List.of(5, 4), List.of(rows.rows(A), rows.rows(B)));
    }
}
