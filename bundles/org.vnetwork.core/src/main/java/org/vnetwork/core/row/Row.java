package org.vnetwork.core.row;

import org.vnetwork.core.journal.Journal;

/** A place in a table: a key and, when it is there, its row. Loop thread only. */
public final class Row {
    /** Deadline of a row that stays. */
    static final long NEVER = Long.MAX_VALUE;

    final RowTable table;
    final Record key;
    final Dependency dependency;
    Record value;
    long version;
    long idleNanos = NEVER;
    long touchedNanos;
    /** Where it is in the journal, and which of two that are there is the later one. */
    int at = Journal.NOWHERE;
    long sequence;

    Row(RowTable table, Record key) {
        this.table = table;
        this.key = key;
        this.dependency = new Dependency(table.id() + "[" + Texts.of(key) + "]");
    }

    /** The key. */
    public Record key() {
        return key;
    }

    /** The row, or null when there is none. */
    public Record value() {
        return value;
    }

    /** Changes whenever the row does; a refresh leaves it alone. */
    public long version() {
        return version;
    }

    /** Flows that read this row. */
    public int readers() {
        return dependency.readers();
    }

    /** When it was put or refreshed, on the datapath's clock. */
    public long touchedNanos() {
        return touchedNanos;
    }

    /** Nanoseconds that it lives without a refresh, or {@link Long#MAX_VALUE}. */
    public long idleNanos() {
        return idleNanos;
    }

    /** Counts as seen at a time, when it is still the version that the caller knew. */
    public void refresh(long knownVersion, long nanos) {
        if (value != null && version == knownVersion && nanos > touchedNanos) {
            touchedNanos = nanos;
            table.touched(this);
        }
    }

    boolean isDue(long nanos) {
        return value != null && idleNanos != NEVER && nanos - touchedNanos >= idleNanos;
    }

    @Override
    public String toString() {
        return dependency.toString();
    }
}
