package org.vnetwork.core.run;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.vnetwork.core.decide.Stage;
import org.vnetwork.core.decide.Stages;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.DropReason;

/** The engine and filters that one switch uses now, and those that are to be closed. Loop thread only, but for construction and {@link #open}. */
final class ActivePlugins implements Stages {
    private final VirtualSwitch home;
    private final Function<Guest, PluginContext> contexts;
    private final FailureReport failures;
    private final PluginNames names;
    private final Queue<Opened<?>> leaving = new ArrayDeque<>();
    private final Queue<Runnable> failing = new ArrayDeque<>();
    private final ActiveFilters filters;
    private volatile Opened<ForwardingEngine> engine;
    private volatile String engineName = "";
    private volatile CutOff engineCutOff;
    private volatile Runnable whenCutOff = () -> { };

    ActivePlugins(VirtualSwitch home, Function<Guest, PluginContext> contexts, PortTables ports, FailureReport failures, PluginNames names) {
        this.home = home;
        this.contexts = contexts;
        this.failures = failures;
        this.names = names;
        this.filters = new ActiveFilters(this, ports);
    }

    /** The filters of the ports. */
    ActiveFilters filters() {
        return filters;
    }

    @Override
    public Gate gate() {
        return home.gate();
    }

    @Override
    public Stage<ForwardingEngine> engine() {
        Opened<ForwardingEngine> now = engine;
        return now == null ? null : now.stage();
    }

    @Override
    public String engineName() {
        return engineName;
    }

    @Override
    public Stage<PacketFilter> filter(int port, int slot) {
        Opened<PacketFilter> opened = filters.get(port, slot);
        return opened == null ? null : opened.stage();
    }

    @Override
    public int reason(DropReason reason) {
        return names.drops.number(reason);
    }

    @Override
    public void counts(long id, String plugin, String counter) {
        home.gate().cross(() -> {
            names.counters.note(id, plugin, counter);
            return null;
        });
    }

    @Override
    public void returned(Guest guest, Throwable failure) {
        if (guest.failedInARow(failure != null) == CutOff.FAILURES) {
            failing.add(() -> cutOff(guest, "failed " + CutOff.FAILURES + " times in a row, at last with " + failure));
        }
        if (failure != null) {
            failures.failed(guest, failure);
        }
    }

    /** What the gate is to know of a plugin. */
    static Guest guest(String role, Plugin<?> plugin) {
        return new Guest(role, plugin.bundle(), plugin.bundle() + "@" + plugin.version());
    }

    /** Opens an engine that is not at work yet; any thread but the loop's. Null when its bundle has gone. */
    Opened<ForwardingEngine> open(String name, Plugin<ForwardingEngine> plugin) {
        return Opened.open(plugin, contexts.apply(guest("engine " + name, plugin)), ForwardingEngine::open, ForwardingEngine::close);
    }

    /** As {@link #open}, for a filter. */
    Opened<PacketFilter> openFilter(String name, Plugin<PacketFilter> plugin) {
        return Opened.open(plugin, contexts.apply(guest("filter " + name, plugin)), PacketFilter::open, PacketFilter::close);
    }

    @Override
    public void misused(Guest guest, RuntimeException failure) {
        failures.failedAside(guest, failure);
    }

    @Override
    public void unsteady(String plugin, String difference) {
        Opened<ForwardingEngine> now = engine;
        Guest guest = now != null && now.guest().role().equals(plugin) ? now.guest() : filters.guest(plugin);
        failures.unsteady(plugin, guest == null ? "" : guest.place(new StackTraceElement[0]), difference);
    }

    /** The plugin behind the engine, or null. */
    Plugin<ForwardingEngine> enginePlugin() {
        Opened<ForwardingEngine> now = engine;
        return now == null ? null : now.plugin();
    }

    /** Why the engine is kept away that had its place last; null when it is not. */
    CutOff engineCutOff() {
        return engineCutOff;
    }

    /** Gives a cut-off engine another chance. Any thread. */
    void pardonEngine() {
        engineCutOff = null;
    }

    /** Makes an opened engine (null: none) the switch's; the one before is closed afterwards. */
    void use(String name, Opened<ForwardingEngine> next) {
        if (next != null) {
            next.begin();
        }
        Opened<ForwardingEngine> before = engine;
        engine = next;
        engineName = name;
        leave(before);
    }

    /** Has this run when a plugin was cut off; it must not wait for the switch. Any thread. */
    void whenCutOff(Runnable told) {
        whenCutOff = told;
    }

    /** All plugins at work. */
    Stream<Guest> guests() {
        Opened<ForwardingEngine> now = engine;
        return Stream.concat(Stream.ofNullable(now).map(Opened::guest), filters.guests());
    }

    /** Takes a plugin from work that did not return or failed too often. */
    void cutOff(Guest guest, String why) {
        Opened<ForwardingEngine> now = engine;
        boolean isEngine = now != null && now.guest() == guest;
        boolean worked = isEngine || filters.cutOff(guest, why);
        home.told(guest + " " + why + (worked ? " and was cut off" : "") + "; installed flows go on");
        if (isEngine) {
            engineCutOff = new CutOff(now.plugin(), why);
            engine = null;
            // NB: it is not asked to close, since it may hang again; what it holds goes with its bundle.
            now.end();
            home.forgetInspected();
        }
        if (worked) {
            failures.cutOff(guest);
            whenCutOff.run();
        }
    }

    /** Has a plugin closed behind what is done now; until then it is not called any more. */
    void leave(Opened<?> opened) {
        if (opened != null) {
            opened.context().silence();
            leaving.add(opened);
        }
    }

    /** Closes what is to be closed, and cuts off what failed too often; says how many. */
    int afterwards() {
        int done = 0;
        for (Runnable next = failing.poll(); next != null; next = failing.poll()) {
            next.run();
            done++;
        }
        for (Opened<?> next = leaving.poll(); next != null; next = leaving.poll()) {
            Opened<?> closed = next;
            closed.close(home.gate(), e -> failures.failed(closed.guest(), e));
            home.trial.closed(closed);
            done++;
        }
        return done;
    }

    /** Has all closed: the switch ends. That says nothing about flows, which may go on without it. */
    void leaveAll() {
        leave(engine);
        engine = null;
        filters.leaveAll();
    }
}
