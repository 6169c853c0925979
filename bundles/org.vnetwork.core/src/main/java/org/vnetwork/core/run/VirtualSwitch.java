package org.vnetwork.core.run;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.flow.FlowTable;
import org.vnetwork.core.flow.Redecider;
import org.vnetwork.core.flow.Upcalls;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.port.PortTables;
import org.vnetwork.core.row.ReadJournal;
import org.vnetwork.core.row.RowJournal;
import org.vnetwork.core.row.RowText;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.rule.RuleLists;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/**
 * One switch at work: its datapath, its tables, its flows, and the loop that ties them together.
 *
 * <p>Public methods may be called from any thread; they do their work on the loop. Package-private ones, and the parts, are the loop's own.
 */
public final class VirtualSwitch {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LONGEST_SETTLING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final String driver;
    private final EventLog events;
    private final Journal journal;
    private final List<FlowEntry> left;
    private final RowJournal rowJournal;
    private final MissShares misses;
    private final SwitchViews views = new SwitchViews(this);
    private final World world = new LiveWorld(this);
    private final PortChanges portChanges;

    final Function<PluginDocument, Plugin<PacketFilter>> installedFilters;
    final Datapath datapath;
    final Tables tables;
    final RuleLists rules;
    final PortTables portRows;
    final FlowTable flows;
    final Pipeline pipeline;
    final Redecider redecider;
    final Upcalls upcalls;
    final PluginNames names;
    final FailureReport failures;
    final ActivePlugins plugins;
    final SwitchPorts ports;
    final Limits limits;
    final PortWatch watch;
    final Timers timers;
    final Trial trial;
    final Rounds rounds;
    final SwitchLoop loop;
    final long bornNanos;

    /**
     * A switch without ports and engine, in which frames wait until it is {@link #restored}.
     *
     * @param datapath opened for it; closed with it
     * @param journal what an earlier process knew of it; closed with it
     * @param installedFilters the installed filter that a document means, or null
     */
    public VirtualSwitch(String name, String driver, Datapath datapath, Journal journal, Function<PluginDocument, Plugin<PacketFilter>> installedFilters, EventLog events) {
        this.name = name;
        this.driver = driver;
        this.datapath = datapath;
        this.journal = journal;
        this.left = datapath.adopted();
        this.installedFilters = installedFilters;
        this.events = events;
        failures = new FailureReport(name, events, datapath::nanoTime);
        timers = new Timers(failures::failed);
        names = new PluginNames(datapath, journal, this::told);
        tables = new Tables(datapath::nanoTime, line -> events.add("switch " + name, line));
        rules = new RuleLists(tables.denials());
        trial = new Trial(this);
        rowJournal = new RowJournal(journal, line -> events.add("switch " + name, line));
        tables.keepIn(rowJournal);
        tables.table(Station.class, FdbEntry.class);
        portRows = new PortTables(tables);
        flows = new FlowTable(datapath, journal, new ReadJournal(journal, rowJournal, rules::any), names);
        tables.denials().listen(flows::mayDeny);
        plugins = new ActivePlugins(this, guest -> new PluginContext(guest, world), portRows, failures, names);
        pipeline = new Pipeline(tables, portRows, plugins, datapath.capabilities(), driver);
        redecider = new Redecider(pipeline, flows, portRows::carries);
        upcalls = new Upcalls(datapath, pipeline, flows);
        misses = new MissShares(datapath);
        ports = new SwitchPorts(datapath, tables, portRows, flows, misses, names.ports);
        portChanges = new PortChanges(this, installedFilters, events);
        limits = new Limits(name, flows, tables, ports, misses, events);
        watch = new PortWatch(name, datapath, portRows, ports, events);
        Upkeep upkeep = new Upkeep(datapath, pipeline, flows, tables, limits, new MismatchReport(name, upcalls.mismatches(), ports, events));
        rounds = new Rounds(this);
        loop = new SwitchLoop(name, datapath, rounds);
        bornNanos = datapath.nanoTime();
        timers.every("statistics", Upkeep.PERIOD_NANOS, upkeep::run, bornNanos);
        timers.every("failures", Upkeep.PERIOD_NANOS, failures::tell, bornNanos);
        timers.every("shares", MissShares.PERIOD_NANOS, () -> misses.divide(rounds.taken(), loop.busyNanos(), datapath.nanoTime()), bornNanos);
        timers.every("links", PortWatch.PERIOD_NANOS, watch::look, bornNanos);
        timers.every("ports", RETRY_NANOS, ports::retry, bornNanos);
        loop.start();
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Name of its datapath driver. */
    public String driver() {
        return driver;
    }

    /** What is seen of it. */
    public SwitchViews views() {
        return views;
    }

    /** Its simulated side. */
    public SimulatedSide simulated() {
        return new SimulatedSide(this);
    }

    /** Does work on the loop and returns what it returned. */
    <T> T onLoop(Callable<T> work) {
        return loop.call(work);
    }

    /** As {@link #onLoop}, for views, which do not wait long for a loop that hangs. */
    <T> T ask(Callable<T> work) {
        return loop.ask(work);
    }

    /** Says that its ports, engine and rows are as configured: flows of an earlier process are taken over, and frames are served. */
    public void restored() {
        loop.call(() -> {
            try {
                takeOver();
            } finally {
                loop.release();
            }
            return null;
        });
    }

    private void takeOver() {
        ports.forgetUnknown();
        watch.look();
        int removed = flows.adopt(left, ports::isAttached);
        names.restored();
        if (!left.isEmpty() || rowJournal.restored() > 0) {
            events.add("switch " + name, "took over " + (left.size() - removed) + " flows and " + rowJournal.restored() + " rows of the process before"
                    + (removed == 0 ? "" : "; " + removed + " flows were removed, as the journal or the configuration does not know them"));
        }
        if (plugins.enginePlugin() != null) {
            flows.dirtyAll();
        } else {
            forgetInspected();
        }
    }

    /** Without an engine nobody decides the frames of inspect flows; those that another flow knows go its way. */
    void forgetInspected() {
        flows.all().stream().filter(Flow::inspect).forEach(flows::remove);
    }

    /** Adds a port and opens it; when that fails, whatever fails, there is nothing of it. */
    public void addPort(PortDocument document) {
        portChanges.add(document);
    }

    /** Adds a port; one that cannot be attached now stays down until it can, a filter that does not open is as one that is not installed. */
    public void restorePort(PortDocument document) {
        portChanges.restore(document);
    }

    /** Changes a port's VLANs and filters; a filter that was cut off gets another chance. */
    public void setPort(PortDocument document) {
        portChanges.set(document);
    }

    /** Removes a port. */
    public void removePort(PortDocument document) {
        portChanges.remove(document);
    }

    /** Opens filters that were installed since, and closes those that are gone; flows that one of them decided, or its absence, are decided again. */
    public void refreshFilters() {
        documents().forEach(portChanges::refresh);
    }

    /** Does work on the loop, and returns when every flow that it concerned has been decided again: most often that is none, and there is nothing to wait for. */
    void change(Callable<Void> work) {
        boolean settling = loop.call(() -> {
            work.call();
            return settling();
        });
        if (settling) {
            settle();
        }
    }

    /** Has each failure of an engine or filter told as {@code engine x} or {@code filter x}, on the loop. */
    public void onFailure(Consumer<String> listener) {
        failures.listen(listener);
    }

    PortChanges portChanges() {
        return portChanges;
    }

    /** The ports that it has now, as they were asked for. */
    public List<PortDocument> documents() {
        return loop.call(() -> ports.all().stream().map(p -> p.document).toList());
    }

    /** Sets its limits; what is beyond them now goes. */
    public void limit(LimitsDocument document) {
        loop.call(() -> {
            limits.set(document);
            return null;
        });
    }

    /** Places a row, or takes it away again ({@code present} false). */
    public void placeRow(RowDocument row, boolean present) {
        change(() -> {
            rowText().apply(row, present);
            return null;
        });
    }

    /** Takes away a row that an edit placed which failed; at once, or when the loop answers again. Any thread, does not wait. */
    public void takeBack(RowDocument row) {
        loop.later(() -> rowText().apply(row, false));
    }

    /** Removes a row that an engine or a filter wrote; refused when there is none of its key. */
    public void removeRow(RowDocument row) {
        change(() -> {
            rowText().remove(row);
            return null;
        });
    }

    /** What can be asked about rows that are placed, or could be. */
    public PlacedRows placed() {
        return new PlacedRows(this);
    }

    /** Its rows to and from files. */
    public RowFiles rowFiles() {
        return new RowFiles(this);
    }

    RowText rowText() {
        return new RowText(tables, port -> ports.byName(port) == null ? 0 : ports.byName(port).document.id());
    }

    /**
     * Gives the switch another engine, and has every flow decided again by it; returns when that is done.
     *
     * @param plugin null when no engine of this name is installed: then frames that came up are dropped, and flows stay
     * @return what happened, a line each
     */
    public List<String> swap(String engineName, Plugin<ForwardingEngine> plugin) {
        return new EngineSwap(this).lines(engineName, plugin);
    }

    /** Returns when every flow that a change concerned has been decided again; with an engine that never lets them rest, after a while. */
    public void settle() {
        long end = System.nanoTime() + LONGEST_SETTLING_NANOS;
        while (!loop.held() && loop.call(this::settling) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /** Whether flows wait to be decided again, or listeners that may change more. */
    private boolean settling() {
        return flows.settling() || tables.notices().waits();
    }

    /** The engine plugin in use, or null. */
    public Plugin<ForwardingEngine> engine() {
        return plugins.enginePlugin();
    }

    /** Name of the engine that it was given last, installed or not; empty before the first. */
    public String engineName() {
        return plugins.engineName();
    }

    /** Has this run when a plugin was cut off; it must not wait for the switch. */
    public void whenCutOff(Runnable told) {
        plugins.whenCutOff(told);
    }

    /** Rows across swaps that wait to be confirmed. */
    public Trial trial() {
        return trial;
    }

    /** What was cut off here. */
    public CutOffs cutOffs() {
        return new CutOffs(plugins);
    }

    void told(String line) {
        events.add("switch " + name, line);
    }

    /** The gate of the epoch under way. */
    Gate gate() {
        return loop.epoch().gate();
    }

    /** Calls a plugin outside of decisions; its failure is told. Loop thread only. */
    void callGuest(Guest guest, Gate.Call call) {
        plugins.returned(guest, gate().call(guest, call));
    }

    /**
     * Ends the switch; nothing of it is left on the machine, but for a thread when an engine or filter hangs.
     *
     * @param keep whether flows go on without it and what is known of them is kept, for the next process
     */
    public void close(boolean keep) {
        if (!loop.stop(this::end)) {
            pipeline.revoke();
            events.add("switch " + name, "was closed although its engine or a filter hangs; that thread is left behind");
        }
        try {
            if (keep) {
                datapath.leave();
            } else {
                datapath.close();
            }
        } finally {
            if (keep) {
                journal.close();
            } else {
                journal.delete();
            }
        }
    }

    private void end() {
        timers.end();
        plugins.leaveAll();
    }

    Timers.Timer every(String owner, Duration period, Runnable task) {
        return timers.every(owner, period.toNanos(), task, datapath.nanoTime());
    }

    void event(String plugin, String subject, String text) {
        events.add(name + " " + plugin, subject, text);
    }

    /** As {@link ActiveFilters#state}. */
    String filterState(int port, FilterDocument slot) {
        return plugins.filters().state(port, slot, installedFilters);
    }

    Redecider.Totals totals() {
        return redecider.totals();
    }
}
