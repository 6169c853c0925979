package org.vnetwork.core.row;

import java.lang.reflect.Method;
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
    private final boolean keyIsPort;
    private final List<Method> inKey;
    private final List<Method> inRow;
    private final Map<PortId, Share> shares = new HashMap<>();
    private final Map<Row, Moves> moves = new HashMap<>();

    /** What one port has of the table; as a dependency: whether it may have more. */
    private final class Share extends Dependency {
        private final PortId port;
        private int rows;
        private long refused;
        private long held;

        Share(PortId port) {
            super(table.id() + "[room of " + port + "]");
            this.port = port;
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

        Moves(String text) {
            super(text);
        }
    }

    PortBound(RowTable table, RowType type, RowBounds bounds) {
        this.table = table;
        this.bounds = bounds;
        this.keyIsPort = type.key() == PortId.class;
        this.inKey = type.ports(type.key());
        this.inRow = type.ports(type.row());
    }

    private boolean bounded(long idleNanos) {
        return idleNanos != Row.NEVER && (keyIsPort || !inKey.isEmpty() || !inRow.isEmpty());
    }

    /** Why a row is not to be put, or null; {@code row} is its place if there is one. */
    Dependency closed(Row row, Record key, Record value, long idleNanos) {
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
    void refused(Dependency why, Record key, Record value) {
        if (why instanceof Share) {
            named(key, value).forEach(port -> share(port).refused++);
        }
    }

    /** Counts a row that was changed; {@code row} is as it now is. */
    void changed(Row row, Record before, long idleBefore, long now) {
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
        Moves moved = moves.computeIfAbsent(row, r -> new Moves(r + " moves"));
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

    private Collection<PortId> named(Record key, Record value) {
        if (!keyIsPort && inKey.isEmpty() && inRow.size() == 1) {
            return List.of((PortId) RowType.invoke(inRow.getFirst(), value));
        }
        List<PortId> ports = new ArrayList<>();
        if (keyIsPort) {
            ports.add((PortId) key);
        }
        inKey.forEach(accessor -> ports.add((PortId) RowType.invoke(accessor, key)));
        inRow.forEach(accessor -> ports.add((PortId) RowType.invoke(accessor, value)));
        return ports.stream().distinct().toList();
    }
}
