package org.vnetwork.core.row;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.Table;

/** A table as one plugin, or the platform, uses it: inside a decision its transaction, outside at once. Loop thread only. */
final class View<K extends Record, V extends Record> implements Table<K, V> {
    private static final Duration SHORTEST_IDLE = Duration.ofSeconds(1);

    private final Form form;
    private final Class<K> keyClass;
    private final Class<V> rowClass;
    /** Why it does not write; empty when it does. */
    private final String readOnly;
    private final Tables.Access access;
    private volatile boolean closed;

    View(Form form, Class<K> keyClass, Class<V> rowClass, String readOnly, Tables.Access access) {
        this.access = access;
        this.form = form;
        this.keyClass = keyClass;
        this.rowClass = rowClass;
        this.readOnly = readOnly;
    }

    RowTable table() {
        return form.table();
    }

    Form form() {
        return form;
    }

    /** Has it refuse every call from now on; false when it does already. */
    boolean close() {
        boolean open = !closed;
        closed = true;
        return open;
    }

    @Override
    public V get(K key) {
        return rowClass.cast(open(t -> t.get(form, key)));
    }

    @Override
    public List<K> find(String component, Object value) {
        return ((List<?>) open(t -> t.find(form, component, value))).stream().map(keyClass::cast).toList();
    }

    @Override
    public int count(String component, Object value) {
        return (Integer) open(t -> t.count(form, component, value));
    }

    @Override
    public void put(K key, V row) {
        write(key, row, Row.NEVER);
    }

    @Override
    public void put(K key, V row, Duration idle) {
        if (idle.compareTo(SHORTEST_IDLE) < 0) {
            throw Refusal.value("idle time of a row", idle, "1 s or more");
        }
        write(key, row, idle.toNanos());
    }

    private void checkWrites() {
        if (!readOnly.isEmpty()) {
            throw new Refusal("data type " + table().id() + " " + readOnly);
        }
    }

    private void write(K key, V row, long idleNanos) {
        Objects.requireNonNull(row, "row");
        checkWrites();
        open(t -> {
            t.put(form, key, row, idleNanos);
            return null;
        });
    }

    @Override
    public void remove(K key) {
        checkWrites();
        open(t -> {
            t.remove(form, key);
            return null;
        });
    }

    private Object open(Function<Transaction, Object> work) {
        if (closed) {
            throw new IllegalStateException("the table " + table().id() + " was given to a plugin that is closed");
        }
        return access.in(work);
    }
}
