package org.vnetwork.core.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.core.decide.Stages;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.DropReason;

/** The engine and filters that one switch uses now. Loop thread only, but for construction. */
final class ActivePlugins implements Stages {
    private final Function<String, PluginContext> contexts;
    private final FailureReport failures;
    private final DropRegistry drops;
    private final CounterRegistry counters;
    private final Map<Integer, Map<Integer, Opened<PacketFilter>>> filters = new HashMap<>();
    private volatile Opened<ForwardingEngine> engine;
    private String engineName = "";

    ActivePlugins(Function<String, PluginContext> contexts, FailureReport failures, DropRegistry drops, CounterRegistry counters) {
        this.contexts = contexts;
        this.failures = failures;
        this.drops = drops;
        this.counters = counters;
    }

    @Override
    public ForwardingEngine engine() {
        return engine == null ? null : engine.instance();
    }

    @Override
    public String engineName() {
        return engineName;
    }

    @Override
    public PacketFilter filter(int port, int slot) {
        Opened<PacketFilter> opened = filters.getOrDefault(port, Map.of()).get(slot);
        return opened == null ? null : opened.instance();
    }

    @Override
    public int reason(DropReason reason) {
        return drops.number(reason);
    }

    @Override
    public void counts(long id, String plugin, String counter) {
        counters.note(id, plugin, counter);
    }

    @Override
    public void failed(String plugin, Throwable failure) {
        failures.failed(plugin, failure);
    }

    /** The plugin behind the engine, or null. */
    Plugin<ForwardingEngine> enginePlugin() {
        return engine == null ? null : engine.plugin();
    }

    /** Opens an engine, makes it the switch's, and returns the one before, still open; throws what opening threw. */
    Opened<ForwardingEngine> use(String name, Plugin<ForwardingEngine> plugin) {
        Opened<ForwardingEngine> next = plugin == null ? null : Opened.open(plugin, contexts.apply("engine " + name), ForwardingEngine::open);
        if (plugin != null && next == null) {
            throw new Refusal("engine: " + name + " has gone (expected: one that is installed); engine:list shows them");
        }
        Opened<ForwardingEngine> before = engine;
        engine = next;
        engineName = name;
        return before;
    }

    void close(Opened<ForwardingEngine> before) {
        if (before != null) {
            before.close(ForwardingEngine::close, e -> failed("engine " + before.plugin().name(), e));
        }
    }

    /**
     * Opens the filters of a port that are wanted and not open, and closes the others; filters that are not installed stay away.
     *
     * @return whether another filter stands in a slot now, or none any more
     * @throws Refusal naming the filter that did not open; the others of the port are as wanted
     */
    boolean filters(int port, List<FilterDocument> wanted, Function<String, Plugin<PacketFilter>> installed) {
        Map<Integer, Opened<PacketFilter>> slots = filters.computeIfAbsent(port, p -> new HashMap<>());
        boolean changed = slots.entrySet().removeIf(e -> {
            Plugin<PacketFilter> current = installed.apply(e.getValue().plugin().name());
            boolean keep = current == e.getValue().plugin() && wanted.stream().anyMatch(w -> w.slot() == e.getKey() && w.filter().equals(e.getValue().plugin().name()));
            if (!keep) {
                close(e.getValue(), current);
            }
            return !keep;
        });
        Refusal refused = null;
        for (FilterDocument want : wanted) {
            Plugin<PacketFilter> plugin = slots.containsKey(want.slot()) ? null : installed.apply(want.filter());
            try {
                Opened<PacketFilter> opened = plugin == null ? null : Opened.open(plugin, contexts.apply("filter " + want.filter()), PacketFilter::open);
                if (opened != null) {
                    slots.put(want.slot(), opened);
                    changed = true;
                }
            } catch (RuntimeException | Error e) {
                refused = new Refusal("filter: " + want.filter() + " did not open (" + e + ")", e);
            }
        }
        if (slots.isEmpty()) {
            filters.remove(port);
        }
        if (refused != null) {
            throw refused;
        }
        return changed;
    }

    private void close(Opened<PacketFilter> opened, Plugin<PacketFilter> current) {
        opened.close(PacketFilter::close, e -> failed("filter " + opened.plugin().name() + (current == null ? " (gone)" : ""), e));
    }

    void closeAll() {
        close(engine);
        engine = null;
        List.copyOf(filters.keySet()).forEach(port -> filters(port, List.of(), name -> null));
    }
}
