package org.vnetwork.core.row;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.vnetwork.core.journal.Journal;

/** A place in a table: a key and, when it is there, its row. A decision that asked for it depends on it, also when it is not there. Loop thread only. */
public final class Row extends Dependency {
    /** Deadline of a row that stays. */
    static final long NEVER = Long.MAX_VALUE;

    final RowTable table;
    final Record key;
    Record value;
    long version;
    long idleNanos = NEVER;
    long touchedNanos;
    /** Whether the configuration has it. */
    boolean placed;
    /** Where its value is in the journal, and which of two that are there is the later one. */
    int valueAt = Journal.NOWHERE;
    long sequence;
    private int said;
    private long saidVersion = -1;

    Row(RowTable table, Record key) {
        super(table.id() + "[" + Texts.of(key) + "]");
        this.table = table;
        this.key = key;
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
    protected boolean name(ByteBuffer to) {
        return table.names() != null && table.names().row(key, to);
    }

    @Override
    public int said() {
        if (value == null || !placed && !table.isConfigured()) {
            return 0;
        }
        if (saidVersion != version) {
            CRC32C checksum = new CRC32C();
            checksum.update(value.toString().getBytes(StandardCharsets.UTF_8));
            said = (int) checksum.getValue();
            saidVersion = version;
        }
        return said;
    }
}
