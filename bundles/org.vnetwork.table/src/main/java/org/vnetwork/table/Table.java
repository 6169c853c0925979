package org.vnetwork.table;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Rows of one data type in one switch; the platform owns them.
 *
 * <p>Inside a decision every read is recorded, and writes take effect together when the decision commits. Outside one (timers,
 * listeners) a write takes effect at once. All calls are made on the switch's loop. Keys and rows are records whose components
 * are primitives, String, enums, records or lists of these; this is checked when the table is first asked for.
 *
 * @param <K> key
 * @param <V> row
 */
@ProviderType
public interface Table<K extends Record, V extends Record> {
    /** The row of this key, or null; records the key, also when there is no row. */
    V get(K key);

    /**
     * The keys whose key or row has this value in the named component, in order of arrival; records (component, value).
     *
     * @throws org.vnetwork.model.Refusal when neither record has such a component
     */
    List<K> find(String component, Object value);

    /** How many keys {@link #find} would list; the platform counts in constant time. Records the same. */
    default int count(String component, Object value) {
        return find(component, value).size();
    }

    /** Puts a row that stays until it is removed; putting an equal row again changes nothing. */
    void put(K key, V row);

    /**
     * Puts a row that expires when it was not refreshed for this long.
     *
     * <p>Putting an equal row again is a refresh, not a write; the traffic of a flow refreshes the rows that its decision refreshed.
     * A table that is full refuses the row and counts that.
     *
     * @param idle at least one second
     */
    void put(K key, V row, Duration idle);

    /** Removes the row, if there is one. */
    void remove(K key);
}
