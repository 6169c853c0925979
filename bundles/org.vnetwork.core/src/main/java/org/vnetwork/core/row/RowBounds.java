package org.vnetwork.core.row;

import org.vnetwork.model.PortId;

/** What bounds the rows of one switch, and who is told when it does. Loop thread only. */
public final class RowBounds {
    /** Nanoseconds in which moves are counted, and for which a row that moved too often then stays. */
    static final long WINDOW_NANOS = 10_000_000_000L;

    private int rowsOfPort = RowTable.LIMIT;
    private int moves = Integer.MAX_VALUE;
    private MoveListener listener = (table, key, from, to) -> {
    };

    /** Is told of rows that move too often. */
    @FunctionalInterface
    public interface MoveListener {
        /** A learned row has moved from port to port as often as it may, and now stays for a while. */
        void held(RowTable table, Values key, PortId from, PortId to);
    }

    RowBounds() {
    }

    /** Sets the most learned rows of one table that name one port, and the most moves of one row in ten seconds. */
    public void set(int mostOfPort, int mostMoves) {
        rowsOfPort = mostOfPort;
        moves = mostMoves;
    }

    /** Sets who is told. */
    public void listen(MoveListener told) {
        listener = told;
    }

    int rowsOfPort() {
        return rowsOfPort;
    }

    int moves() {
        return moves;
    }

    MoveListener listener() {
        return listener;
    }
}
