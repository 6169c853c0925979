package org.vnetwork.core.run;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.vnetwork.core.rule.PluginRules;
import org.vnetwork.core.rule.RuleList;
import org.vnetwork.model.PortId;
import org.vnetwork.table.Context;
import org.vnetwork.table.Event;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;

/** The context of an engine that is only previewed: rows go to an overlay, rules to copies, everything else nowhere. Loop thread only. */
final class PreviewContext implements Context {
    private final VirtualSwitch home;
    private final Map<Class<?>, RuleList> copies = new HashMap<>();

    PreviewContext(VirtualSwitch home) {
        this.home = home;
    }

    @Override
    public <K extends Record, V extends Record> Table<K, V> table(Class<K> key, Class<V> row) {
        return home.tables.pluginView(key, row);
    }

    @Override
    public <R extends Record> RuleTable<R> rules(Class<R> rule) {
        return new PluginRules<>(home.tables, copies.computeIfAbsent(rule, r -> home.rules.of(rule).copy()), rule, true);
    }

    @Override
    public <P extends Record> Table<PortId, P> parameters(Class<P> type) {
        return table(PortId.class, type);
    }

    @Override
    public void every(Duration period, Runnable task) {
        // Timers start when an engine is put to work.
    }

    @Override
    public <K extends Record, V extends Record> void onChange(Table<K, V> table, BiConsumer<K, V> listener) {
        // Nothing changes in a preview.
    }

    @Override
    public void send(int port, MemorySegment frame) {
        throw new IllegalStateException("send in a preview; frames are sent by timers and listeners of an engine at work");
    }

    @Override
    public void event(Event event) {
        // A preview is silent.
    }
}
