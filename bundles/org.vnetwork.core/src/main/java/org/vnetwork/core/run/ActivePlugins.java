package org.vnetwork.core.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.core.decide.Stages;
import org.vnetwork.core.port.FilterRow;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.DropReason;

/** The engine and filters that one switch uses now. Loop thread only, but for construction. */
final class ActivePlugins implements Stages {
    private final Function<String, PluginContext> contexts;
    private final PortTables ports;
    private final FailureReport failures;
    private final DropRegistry drops;
    private final CounterRegistry counters;
    private final Map<Integer, Map<Integer, Opened<PacketFilter>>> filters = new HashMap<>();
    private volatile Opened<ForwardingEngine> engine;
    private volatile String engineName = "";

    ActivePlugins(Function<String, PluginContext> contexts, PortTables ports, FailureReport failures, DropRegistry drops, CounterRegistry counters) {
        this.contexts = contexts;
        this.ports = ports;
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

    @Override
    public void misused(String plugin, RuntimeException failure) {
        failures.failedAside(plugin, failure);
    }

    @Override
    public void unsteady(String plugin, String difference) {
        failures.unsteady(plugin, difference);
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
     * Opens the filters of a port that are wanted and not open, then closes the others; filters that are not installed stay away.
     *
     * @throws Refusal naming a filter that did not open; then the port has the filters that it had, the very same
     */
    void filters(int port, List<FilterDocument> wanted, Function<PluginDocument, Plugin<PacketFilter>> installed) {
        Refusal refused = filters(port, wanted, installed, true);
        if (refused != null) {
            throw refused;
        }
    }

    /** As {@link #filters}, but what opens is used although another one does not, which is told: at a start, and when bundles came or went. */
    void filtersThatOpen(int port, List<FilterDocument> wanted, Function<PluginDocument, Plugin<PacketFilter>> installed, Consumer<String> told) {
        Refusal refused = filters(port, wanted, installed, false);
        if (refused != null) {
            told.accept(refused.getMessage());
        }
    }

    /** What a view says behind the name of a filter: nothing when it is at work. */
    String state(int port, FilterDocument slot, Function<PluginDocument, Plugin<PacketFilter>> installed) {
        return filter(port, slot.slot()) != null ? "" : installed.apply(slot.filter()) == null ? " (not installed)" : " (did not open)";
    }

    /** Closes all filters of a port. */
    void closeFilters(int port) {
        exchange(port, Map.of(), name -> null);
    }

    private Refusal filters(int port, List<FilterDocument> wanted, Function<PluginDocument, Plugin<PacketFilter>> installed, boolean all) {
        Map<Integer, Opened<PacketFilter>> before = filters.getOrDefault(port, Map.of());
        Map<Integer, Opened<PacketFilter>> next = new HashMap<>();
        Refusal refused = null;
        for (FilterDocument want : wanted) {
            Opened<PacketFilter> there = before.get(want.slot());
            Plugin<PacketFilter> plugin = installed.apply(want.filter());
            try {
                Opened<PacketFilter> opened = there != null && there.plugin() == plugin ? there : open(want, plugin);
                if (opened != null) {
                    next.put(want.slot(), opened);
                }
            } catch (Throwable e) {
                refused = new Refusal("filter: " + want.filter() + " did not open (" + (e instanceof Refusal ? e.getMessage() : e) + ")", e);
            }
        }
        if (refused != null && all) {
            next.values().stream().filter(opened -> !before.containsValue(opened)).forEach(opened -> close(opened, opened.plugin()));
            return refused;
        }
        exchange(port, next, installed);
        return refused;
    }

    private Opened<PacketFilter> open(FilterDocument want, Plugin<PacketFilter> plugin) {
        return plugin == null ? null : Opened.open(plugin, contexts.apply("filter " + want.filter().name()), PacketFilter::open);
    }

    private void exchange(int port, Map<Integer, Opened<PacketFilter>> next, Function<PluginDocument, Plugin<PacketFilter>> installed) {
        Map<Integer, Opened<PacketFilter>> before = filters.getOrDefault(port, Map.of());
        if (next.isEmpty()) {
            filters.remove(port);
        } else {
            filters.put(port, next);
        }
        next.forEach((slot, opened) -> ports.present(port, slot, new FilterRow(opened.plugin().name(), opened.plugin().bundle(), opened.plugin().version().toString())));
        before.keySet().stream().filter(slot -> !next.containsKey(slot)).forEach(slot -> ports.absent(port, slot));
        if (before.entrySet().stream().anyMatch(was -> next.getOrDefault(was.getKey(), was.getValue()) != was.getValue())) {
            // Another bundle of the same name and version says the same in its row.
            ports.mayDeny(new PortId(port));
        }
        before.values().stream().filter(opened -> !next.containsValue(opened)).forEach(opened -> close(opened, installed.apply(opened.plugin().document())));
    }

    private void close(Opened<PacketFilter> opened, Plugin<PacketFilter> current) {
        opened.close(PacketFilter::close, e -> failed("filter " + opened.plugin().name() + (current == null ? " (gone)" : ""), e));
    }

    /** Closes all: the switch ends. That says nothing about flows, which may go on without it. */
    void closeAll() {
        close(engine);
        engine = null;
        filters.values().forEach(slots -> slots.values().forEach(opened -> close(opened, opened.plugin())));
        filters.clear();
    }
}
