package org.vnetwork.core.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.decide.Stage;
import org.vnetwork.core.decide.Stages;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.core.row.ConversionReport;
import org.vnetwork.core.row.RowConversion;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.row.TablesCopy;
import org.vnetwork.core.rule.RuleLists;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.DropReason;
import org.vnetwork.table.Event;

/**
 * A copy of a switch on which plugins are tried: its rows, rules and drop reasons, with instances of plugins of its own. Nothing that happens here reaches the switch.
 *
 * <p>One thread, which can be given up as a whole.
 */
final class Shadow implements World, Stages {
    /** Drop reasons that the switch has no number for have numbers from here on. */
    private static final int OWN_REASONS = 1 << 20;

    /** Rules that are named. */
    private static final int REMARKED = 5;

    private final VirtualSwitch home;
    private final Gate gate = new Gate(Thread.currentThread(), () -> { });
    private final Tables tables;
    private final RuleLists rules;
    private final PortTables ports;
    private final Map<DropReason, Integer> reasons;
    private final List<DropReason> ownReasons = new ArrayList<>();
    private final Map<List<Integer>, Stage<PacketFilter>> filters = new HashMap<>();
    private final List<Opened<?>> opened = new ArrayList<>();
    private Stage<ForwardingEngine> engine;
    private final List<ConversionReport> conversions = new ArrayList<>();
    private int failures;

    /** What is copied of a switch at one time. */
    record Copy(TablesCopy tables, RuleLists rules, Map<DropReason, Integer> reasons) {
        /** On the loop. */
        static Copy of(VirtualSwitch home) {
            return new Copy(new TablesCopy(home.tables), home.rules.copy(), home.names.drops.numbers());
        }
    }

    /** On the thread that it is for. */
    Shadow(VirtualSwitch home, Copy copy) {
        this.home = home;
        this.tables = copy.tables.tables(home.datapath::nanoTime);
        this.rules = copy.rules;
        this.ports = new PortTables(tables);
        this.reasons = new HashMap<>(copy.reasons);
    }

    PortTables ports() {
        return ports;
    }

    void use(Plugin<ForwardingEngine> plugin) {
        engine = open("engine", plugin, ForwardingEngine::open, ForwardingEngine::close);
    }

    void use(int port, int slot, Plugin<PacketFilter> plugin) {
        Stage<PacketFilter> filter = open("filter", plugin, PacketFilter::open, PacketFilter::close);
        if (filter != null) {
            filters.put(List.of(port, slot), filter);
        }
    }

    private <T> Stage<T> open(String kind, Plugin<T> plugin, BiConsumer<T, PluginContext> open, Consumer<T> close) {
        Opened<T> made = Opened.here(plugin, new PluginContext(ActivePlugins.guest(kind + " " + plugin.name(), plugin), this), open, close);
        if (made == null) {
            return null;
        }
        opened.add(made);
        made.begin();
        return made.stage();
    }

    /** What its plugins would decide. */
    Pipeline pipeline() {
        return new Pipeline(tables, ports, this, home.datapath.capabilities(), home.driver());
    }

    /** Times that a plugin failed here. */
    int failures() {
        return failures;
    }

    /** The text of a drop reason's number; {@code known} has those of the switch. */
    IntFunction<String> reasonTexts(IntFunction<String> known) {
        return number -> number < OWN_REASONS ? known.apply(number) : ownReasons.get(number - OWN_REASONS).text();
    }

    /** What would become of rows and rules, a line each, when a plugin that was opened here last takes its place. */
    List<String> remarks() {
        List<String> lines = new ArrayList<>(conversions.stream().map(report -> "rows of " + report).toList());
        Guest candidate = opened.isEmpty() ? null : opened.getLast().guest();
        List<RuleLists.Left> left = candidate == null ? List.of() : rules.notPutBy(candidate.bundle(), candidate.generation());
        if (!left.isEmpty()) {
            lines.add(left.size() + " rules go, since " + candidate.generation() + " does not put them again: " + left.stream().limit(REMARKED)
                    .map(rule -> rule.list().id() + " " + rule.rule().id()).collect(Collectors.joining(", ", "", left.size() > REMARKED ? ", ..." : "")));
        }
        return lines;
    }

    /** Closes what was opened here. */
    void close() {
        opened.forEach(each -> each.close(gate, e -> failures++));
        opened.clear();
    }

    @Override
    public Tables tables() {
        return tables;
    }

    @Override
    public RuleLists rules() {
        return rules;
    }

    @Override
    public void takeOver(RowConversion conversion) {
        conversions.add(conversion.report());
        tables.takeOver(conversion);
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public <T> T reach(Callable<T> work) {
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e.toString(), e);
        }
    }

    @Override
    public void later(Runnable work) {
        work.run();
    }

    @Override
    public long nanoTime() {
        return home.datapath.nanoTime();
    }

    @Override
    public void call(Guest guest, Gate.Call call) {
        returned(guest, gate.call(guest, call));
    }

    @Override
    public Runnable every(Guest guest, Duration period, Runnable task) {
        // Timers start when a plugin is put to work.
        return () -> { };
    }

    @Override
    public void send(int port, byte[] octets) {
        // Nothing leaves a copy.
    }

    @Override
    public void event(Guest guest, Event event) {
        // A preview is silent.
    }

    @Override
    public Stage<ForwardingEngine> engine() {
        return engine;
    }

    @Override
    public String engineName() {
        return engine == null ? "none" : engine.guest().role().substring("engine ".length());
    }

    @Override
    public Stage<PacketFilter> filter(int port, int slot) {
        return filters.get(List.of(port, slot));
    }

    @Override
    public int reason(DropReason reason) {
        return reasons.computeIfAbsent(reason, r -> {
            ownReasons.add(r);
            return OWN_REASONS + ownReasons.size() - 1;
        });
    }

    @Override
    public void counts(long id, String plugin, String counter) {
        // What is only imagined does not count.
    }

    @Override
    public void returned(Guest guest, Throwable failure) {
        failures += failure == null ? 0 : 1;
    }

    @Override
    public void misused(Guest guest, RuntimeException failure) {
        home.failures.failedAside(guest, failure);
    }

    @Override
    public void unsteady(String plugin, String difference) {
        // A preview takes no samples.
    }
}
