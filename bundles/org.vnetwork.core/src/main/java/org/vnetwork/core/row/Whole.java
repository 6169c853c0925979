package org.vnetwork.core.row;

import java.nio.ByteBuffer;

/** Something of a whole table that can be depended on: that it has room, or all of its rows. Loop thread only. */
final class Whole extends Dependency {
    private final RowTable table;
    private final boolean room;

    /** {@code room}: whether there is room for one more row; else: whether any row is another. */
    Whole(RowTable table, boolean room) {
        this.table = table;
        this.room = room;
    }

    @Override
    public RowTable table() {
        return table;
    }

    @Override
    protected String text() {
        return table.id() + (room ? "[room]" : "[any row]");
    }

    @Override
    protected boolean name(ByteBuffer to) {
        return table.names() != null && (room ? table.names().room(to) : table.names().any(to));
    }

    void tell(boolean mayDeny) {
        changed(mayDeny);
    }
}
