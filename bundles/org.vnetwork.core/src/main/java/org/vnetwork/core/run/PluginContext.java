package org.vnetwork.core.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.rule.PluginRules;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Context;
import org.vnetwork.table.Event;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;

/** The context of one opened plugin; closing it ends its timers and listeners. Loop thread only. */
final class PluginContext implements Context {
    private final String owner;
    private final VirtualSwitch home;
    private final List<Runnable> undo = new ArrayList<>();
    private final Frame outgoing = new Frame();
    private PluginsInUse.Use use;
    private boolean closed;

    PluginContext(String owner, VirtualSwitch home) {
        this.owner = owner;
        this.home = home;
    }

    @Override
    public <K extends Record, V extends Record> Table<K, V> table(Class<K> key, Class<V> row) {
        checkOpen();
        return home.tables.pluginView(key, row);
    }

    @Override
    public <R extends Record> RuleTable<R> rules(Class<R> rule) {
        checkOpen();
        return new PluginRules<>(home.tables, home.rules.of(rule), rule, false);
    }

    @Override
    public <P extends Record> Table<PortId, P> parameters(Class<P> type) {
        return table(PortId.class, type);
    }

    @Override
    public void every(Duration period, Runnable task) {
        checkOutside("every");
        if (period.compareTo(Duration.ofMillis(1)) < 0) {
            throw Refusal.value("period", period, "1 ms or more");
        }
        Timers.Timer timer = home.every(owner, period, task);
        undo.add(() -> timer.cancelled = true);
    }

    @Override
    public <K extends Record, V extends Record> void onChange(Table<K, V> table, BiConsumer<K, V> listener) {
        checkOutside("onChange");
        BiConsumer<Record, Record> heard = (key, row) -> notify(listener, key, row);
        Tables.behind(table).listen(owner, heard);
        undo.add(() -> Tables.behind(table).unlisten(heard));
    }

    @SuppressWarnings("unchecked")
    private static <K extends Record, V extends Record> void notify(BiConsumer<K, V> listener, Record key, Record row) {
        listener.accept((K) key, (V) row);
    }

    @Override
    public void send(int port, MemorySegment frame) {
        checkOutside("send");
        if (frame.byteSize() < KeyParser.ETHERNET_SIZE) {
            throw Refusal.value("frame", frame.byteSize() + " octets", KeyParser.ETHERNET_SIZE + " or more");
        }
        if (home.loop.abandoned()) {
            throw new IllegalStateException("switch " + home.name() + " is closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Frame.HEADROOM + frame.byteSize());
            copy.asSlice(Frame.HEADROOM).copyFrom(frame);
            home.datapath.execute(outgoing.over(copy, Frame.HEADROOM, (int) frame.byteSize(), 0), List.of(new Action.Output(new PortId(port).value())));
        }
    }

    @Override
    public void event(Event event) {
        checkOutside("event");
        home.event(owner, event.subject(), event.text());
    }

    /** Says whose code is about to run by this context. */
    void begin(String bundle) {
        use = home.inUse.add(owner, bundle);
    }

    /** Says what the plugin turned out to be. */
    void is(Object instance) {
        use.is(instance);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(owner + " is closed");
        }
        home.tables.checkThread();
    }

    private void checkOutside(String what) {
        checkOpen();
        if (home.tables.deciding()) {
            throw new IllegalStateException(what + " inside a decision; effects there are actions, so that previews stay silent");
        }
    }

    void close() {
        closed = true;
        undo.forEach(Runnable::run);
        undo.clear();
        home.inUse.remove(use);
    }
}
