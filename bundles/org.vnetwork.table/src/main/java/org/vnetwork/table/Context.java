package org.vnetwork.table;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.osgi.annotation.versioning.ProviderType;
import org.vnetwork.model.PortId;

/**
 * What an engine or filter is given when it opens: its tables, timers and ways to speak.
 *
 * <p>Valid from {@code open} to {@code close}. {@code open} runs on a thread of its own; reads see the switch as it is then, and all that it does takes effect in one step when the plugin is put to
 * work. Everything else runs on the switch's loop, where all call-backs are made: so a plugin needs no locks and must not block. A call that runs or sleeps for longer than 25 ms is ended, and the
 * plugin is cut off. Afterwards, and on any other thread, every call throws IllegalStateException, and so does every use of a table. Inside a decision only tables and rules may be asked for: effects
 * there are actions, so that previews stay silent.
 */
@ProviderType
public interface Context {
    /**
     * The table of a row type; the same table for everybody in the switch who names the same data type.
     *
     * @param row carries {@link DataType}
     * @throws org.vnetwork.model.Refusal when a record has a component of a kind that rows cannot have, or the type exists with other components
     */
    <K extends Record, V extends Record> Table<K, V> table(Class<K> key, Class<V> row);

    /**
     * The rules of a type; the same for everybody in the switch who names the same data type. They are changed outside of decisions.
     *
     * @param rule carries {@link DataType}
     */
    <R extends Record> RuleTable<R> rules(Class<R> rule);

    /** Settings of each port for this plugin; rows that travel with the port. */
    <P extends Record> Table<PortId, P> parameters(Class<P> type);

    /** Runs a task on the loop, again and again; first after one period. */
    void every(Duration period, Runnable task);

    /**
     * Calls the listener after a row was put (row) or removed or expired (null), outside of any decision.
     *
     * <p>It is called once all that the change is part of is there: the other writes of a decision, the rest of a timer's work. Calls come in the order of the changes; the table
     * may have changed further by then. The listener may change any table; listeners that change rows in a circle are stopped after 16 changes, which counts as a failure.
     */
    <K extends Record, V extends Record> void onChange(Table<K, V> table, BiConsumer<K, V> listener);

    /**
     * Sends a frame of the plugin's own out of a port.
     *
     * @param frame 14 or more octets, copied before the call returns
     */
    void send(int port, MemorySegment frame);

    /** Reports an event to the administrator; at most ten a second are kept, the rest are counted. */
    void event(Event event);
}
