package org.vnetwork.core.row;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.model.PortId;

/**
 * Bounds the learned rows of one table: how many may name one port, and how often a row may move from port to port.
 *
 * <p>Rows that never expire are not bounded. When a row is refused, the decision that wrote it depends on the reason, so it is made again when the
 * port has room or the row may move. Loop thread only.
 */
final class PortBound {
    private final RowTable table;
    private final RowBounds bounds;
    private int[] numbersInKey;
    private int[] inKey;
    private int[] inRow;
    private final Map<PortId, Share> shares = new HashMap<>();
    private final Map<Row, Moves> moves = new HashMap<>();

    /** What one port has of the table; as a dependency: whether it may have more. */
    private final class Share extends Dependency {
        private final PortId port;
        private int rows;
        private long refused;
        private long held;

        Share(PortId port) {
            this.port = port;
        }

        @Override
        public RowTable table() {
            return table;
        }

        @Override
        protected String text() {
            return table.id() + "[room of " + port + "]";
        }

        @Override
        protected boolean name(ByteBuffer to) {
            return table.names() != null && table.names().room(port, to);
        }
    }

    /** Moves of one row since a time; as a dependency: whether it may move again, which it may after a restart. */
    private static final class Moves extends Dependency {
        private long sinceNanos;
        private int count;
        private boolean held;
        private final Row row;

        Moves(Row row) {
            this.row = row;
        }

        @Override
        public RowTable table() {
            return row.table;
        }

        @Override
        protected String text() {
            return row + " moves";
        }
    }

    PortBound(RowTable table, RowBounds bounds) {
        this.table = table;
        this.bounds = bounds;
        find();
    }

    private void find() {
        numbersInKey = table.keySchema().places(Kind.Scalar.PORT_NUMBER);
        inKey = table.keySchema().places(Kind.Scalar.PORT);
        inRow = table.rowSchema().places(Kind.Scalar.PORT);
    }

    /** The table has another schema, and all rows are in it. */
    void adapt() {
        find();
        shares.values().forEach(share -> share.rows = 0);
        table.eachRow(row -> {
            if (bounded(row.idleNanos)) {
                named(row.key, row.value).forEach(port -> share(port).rows++);
            }
        });
        rebound();
    }

    private boolean bounded(long idleNanos) {
        return idleNanos != Row.NEVER && numbersInKey.length + inKey.length + inRow.length > 0;
    }

    /** Why a row is not to be put, or null; {@code row} is its place if there is one. */
    Dependency closed(Row row, Values key, Values value, long idleNanos) {
        if (!bounded(idleNanos)) {
            return null;
        }
        boolean learned = row != null && row.value != null && row.idleNanos != Row.NEVER;
        Collection<PortId> before = learned ? named(key, row.value) : List.of();
        for (PortId port : named(key, value)) {
            Share share = shares.get(port);
            if (!before.contains(port)) {
                if (share != null && share.rows >= bounds.rowsOfPort()) {
                    return share;
                }
                Moves moved = learned ? moves.get(row) : null;
                if (moved != null && moved.held) {
                    return moved;
                }
            }
        }
        return null;
    }

    /** Counts a row that was not put, for the port that it would have named. */
    void refused(Dependency why, Values key, Values value) {
        if (why instanceof Share) {
            named(key, value).forEach(port -> share(port).refused++);
        }
    }

    /** Counts a row that was changed; {@code row} is as it now is. */
    void changed(Row row, Values before, long idleBefore, long now) {
        boolean was = before != null && bounded(idleBefore);
        boolean is = row.value != null && bounded(row.idleNanos);
        Collection<PortId> left = was ? named(row.key, before) : List.of();
        Collection<PortId> reached = is ? named(row.key, row.value) : List.of();
        if (left.equals(reached)) {
            return;
        }
        left.forEach(port -> {
            Share share = share(port);
            if (share.rows-- == bounds.rowsOfPort()) {
                share.changed(false);
            }
        });
        reached.forEach(port -> share(port).rows++);
        if (was && is) {
            moved(row, left.iterator().next(), reached.iterator().next(), now);
        }
    }

    private void moved(Row row, PortId from, PortId to, long now) {
        Moves moved = moves.computeIfAbsent(row, Moves::new);
        if (now - moved.sinceNanos > RowBounds.WINDOW_NANOS) {
            moved.sinceNanos = now;
            moved.count = 0;
        }
        if (++moved.count >= bounds.moves()) {
            moved.held = true;
            moved.sinceNanos = now;
            share(to).held++;
            bounds.listener().held(table, row.key, from, to);
        }
    }

    /** Lets rows move again whose time is over. */
    void expire(long nanos) {
        moves.values().removeIf(moved -> {
            boolean over = nanos - moved.sinceNanos > RowBounds.WINDOW_NANOS;
            if (over && moved.held) {
                moved.held = false;
                moved.changed(false);
            }
            return over;
        });
    }

    /** Lets every decision be made again that a bound had a part in: it may have been raised. */
    void rebound() {
        shares.values().forEach(share -> share.changed(false));
    }

    /** Forgets what was counted for a port that is gone. */
    void forget(PortId port) {
        shares.computeIfPresent(port, (p, share) -> share.rows == 0 ? null : share);
    }

    /** Whether a row was learned about one of these ports. */
    boolean isAbout(Row row, Set<PortId> about) {
        return row.value != null && bounded(row.idleNanos) && named(row.key, row.value).stream().anyMatch(about::contains);
    }

    /** Whether any flow depends on a bound. */
    boolean isRead() {
        return shares.values().stream().anyMatch(share -> share.readers() > 0) || moves.values().stream().anyMatch(moved -> moved.readers() > 0);
    }

    int rows(PortId port) {
        return shares.containsKey(port) ? shares.get(port).rows : 0;
    }

    long refused(PortId port) {
        return shares.containsKey(port) ? shares.get(port).refused : 0;
    }

    long held(PortId port) {
        return shares.containsKey(port) ? shares.get(port).held : 0;
    }

    Share share(PortId port) {
        return shares.computeIfAbsent(port, Share::new);
    }

    /** Ports that a key is, or names. */
    List<PortId> ofKey(Values key) {
        if (numbersInKey.length + inKey.length == 0) {
            return List.of();
        }
        List<PortId> ports = new ArrayList<>();
        for (int place : numbersInKey) {
            ports.add(new PortId((Integer) key.get(place)));
        }
        add(inKey, key, ports);
        return ports;
    }

    private static void add(int[] places, Values values, List<PortId> ports) {
        for (int place : places) {
            if (values.get(place) instanceof PortId port) {
                ports.add(port);
            }
        }
    }

    /** Ports that key or row name. */
    Collection<PortId> named(Values key, Values value) {
        List<PortId> ports = ofKey(key);
        if (ports.isEmpty() && inRow.length == 1 && value.get(inRow[0]) instanceof PortId port) {
            return List.of(port);
        }
        List<PortId> all = new ArrayList<>(ports);
        add(inRow, value, all);
        return all.size() < 2 ? all : all.stream().distinct().toList();
    }
}
