package org.vnetwork.core.row;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.model.PortId;

/**
 * A place in a table: a key and, when it is there, its row. A decision that asked for it depends on it, also when it is not there.
 *
 * <p>It holds neutral values; what a form made of them stands with it for as long as the form is in use. Loop thread only.
 */
public final class Row extends Dependency {
    /** Deadline of a row that stays. */
    static final long NEVER = Long.MAX_VALUE;
    private static final Live[] NONE = {};

    final RowTable table;
    Values key;
    Values value;
    long version;
    long idleNanos = NEVER;
    long touchedNanos;
    /** Whether the configuration has it. */
    boolean placed;
    /** Where its value is in the journal, and which of two that are there is the later one. */
    int valueAt = Journal.NOWHERE;
    long sequence;
    private Live[] lives = NONE;
    private int said;
    private long saidVersion = -1;

    Row(RowTable table, Values key) {
        this.table = table;
        this.key = key;
    }

    @Override
    public RowTable table() {
        return table;
    }

    @Override
    protected String text() {
        return table.id() + "[" + Texts.of(key, table.keyClasses()) + "]";
    }

    /** What a form has made of it, or null. */
    Live live(int slot) {
        return slot < lives.length ? lives[slot] : null;
    }

    void setLive(int slot, Live live) {
        if (slot >= lives.length) {
            if (live == null) {
                return;
            }
            lives = Arrays.copyOf(lives, slot + 1);
        }
        lives[slot] = live;
    }

    /** Forgets what all forms have made of it. */
    void forgetLives() {
        lives = NONE;
    }

    /** The key. */
    public Values key() {
        return key;
    }

    /** The row, or null when there is none. */
    public Values value() {
        return value;
    }

    /** The key's components as text; {@code ports} names a port id. */
    public Map<String, Object> keyTexts(IntFunction<String> ports) {
        return Texts.components(key, table.keyClasses(), ports);
    }

    /** The row's components as text, of one that is there. */
    public Map<String, Object> valueTexts(IntFunction<String> ports) {
        return Texts.components(value, table.rowClasses(), ports);
    }

    /** Whether the key is, or names, such a port. */
    public boolean isOf(Predicate<PortId> ports) {
        return table.ports().ofKey(key).stream().anyMatch(ports);
    }

    /** Whether key or row name such a port. */
    public boolean names(Predicate<PortId> ports) {
        return value != null && table.ports().named(key, value).stream().anyMatch(ports);
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
