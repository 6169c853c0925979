package org.vnetwork.core.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.function.IntPredicate;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.ReadJournal;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.wire.Action;

/**
 * The flows of one switch, as they are in its datapath and as they are about to be.
 *
 * <p>A new flow is pending until {@link #installPending}, when all frames that waited have been sent. Loop thread only.
 */
public final class FlowTable {
    private final Datapath datapath;
    private final Capabilities capabilities;
    private final FlowBounds bounds;
    private final Flow[] byId;
    private final BitSet used = new BitSet();
    /** No id below is free. */
    private int lowest;
    private final PortMasks masks;
    private final List<Flow> pending = new ArrayList<>();
    private final DirtyFlows dirty = new DirtyFlows();
    private final Drains drains = new Drains();
    private final IdleFlows idle = new IdleFlows();
    private final FlowJournal journal;
    private final ActionUse use;
    private long refused;

    /** The flows of a datapath, none yet; {@code use} hears of their actions. */
    public FlowTable(Datapath datapath, Journal journal, ReadJournal reads, ActionUse use) {
        this.datapath = datapath;
        this.use = use;
        this.journal = new FlowJournal(journal, reads);
        this.capabilities = datapath.capabilities();
        this.bounds = new FlowBounds(capabilities);
        this.masks = new PortMasks(capabilities, bounds);
        this.byId = new Flow[capabilities.flows()];
    }

    /** Installed and pending flows, by id. */
    public Collection<Flow> all() {
        return used.stream().mapToObj(i -> byId[i]).toList();
    }

    /** How many there are. */
    public int count() {
        return used.cardinality();
    }

    /** Different masks of all ports together. */
    public int masks() {
        return masks.count();
    }

    /** Flows that the datapath has room for. */
    public int room() {
        return capabilities.flows();
    }

    /** How many there may be, and what was done about more. */
    public FlowBounds bounds() {
        return bounds;
    }

    /** Different masks of the flows of an ingress port. */
    public int masks(int port) {
        return masks.count(port);
    }

    /** Takes out flows that are too many since a limit was lowered, at most so many of them. */
    public void trim(int most) {
        Flow flow = bounds.surplus();
        for (int i = 1; flow != null; i++) {
            remove(flow);
            flow = i < most ? bounds.surplus() : null;
        }
    }

    /** Decisions that the datapath had no room for: their flows were not installed, or were revoked instead of replaced. */
    public long refused() {
        return refused;
    }

    /** The flow of this id, or null. */
    public Flow byId(int id) {
        return id < 0 || id >= byId.length ? null : byId[id];
    }

    /** The flow of this id, or the one with the next id above it that is in use; null when there is none. */
    public Flow from(int id) {
        int next = used.nextSetBit(id);
        return next < 0 ? null : byId[next];
    }

    /** A flow that matches this key and does not drain, or null. */
    public Flow find(long[] key) {
        return masks.find(key);
    }

    /** Whether flows wait to be decided again. */
    public boolean settling() {
        return !dirty.isEmpty();
    }

    /** Takes over the datapath's counters of every flow. */
    public void pull() {
        datapath.statistics((id, packets, bytes, used) -> {
            Flow flow = byId(id);
            if (flow != null) {
                flow.pull(packets, bytes, used);
            }
        });
    }

    /** Flows that must be decided again; the caller takes them out. */
    DirtyFlows dirty() {
        return dirty;
    }

    /** Marks every flow. */
    public void dirtyAll() {
        all().forEach(f -> f.dirty(false));
    }

    /**
     * Adds a flow for a decision, to be installed at the next {@link #installPending}.
     *
     * @param fullKey copied
     * @return the flow, or the one that was there already for the same bits; null when there is no room
     */
    Flow add(long[] fullKey, Decision decision, long now) {
        long[] key = fullKey.clone();
        FlowIndex index = masks.index(key, decision.mask());
        Flow same = index.find(key);
        Flow leaving = same == null ? bounds.leaving((int) Field.INGRESS.in(key)) : null;
        if (leaving != null) {
            remove(leaving);
            // What left may have been the last of that mask.
            index = masks.index(key, decision.mask());
        }
        int id = used.nextClearBit(lowest);
        if (same != null || id >= byId.length) {
            refused += same == null ? 1 : 0;
            masks.dropEmpty(index, key);
            return same;
        }
        lowest = id + 1;
        Flow flow = new Flow(id, key, index.mask, now, dirty, use);
        flow.adopt(decision);
        place(flow, index);
        pending.add(flow);
        if (!Arrays.equals(index.mask, decision.mask())) {
            bounds.rounded(key);
        }
        return flow;
    }

    /**
     * Takes over the flows that an earlier process left in the datapath, with what they had read; those of which the journal does not know the full key, or
     * whose port is not there, are removed. Where the administrator says something else of what was read, they are decided again.
     * One that drains begins to do so anew: nobody has learned from its copies meanwhile.
     *
     * @return how many were removed
     */
    public int adopt(List<FlowEntry> left, IntPredicate isPort) {
        int removed = 0;
        for (FlowEntry entry : left) {
            FlowJournal.Known known = journal.take(entry);
            FlowIndex index = known == null || entry.drains() ? null : masks.index(known.fullKey(), entry.mask());
            boolean fits = index == null ? known != null : Arrays.equals(index.mask, entry.mask()) && index.find(known.fullKey()) == null;
            if (fits && isPort.test(entry.ingress())) {
                Flow flow = new Flow(entry.id(), known.fullKey(), index == null ? entry.mask() : index.mask, known.installedNanos(), dirty, use);
                takeOver(flow, entry, known);
                place(flow, index);
            } else {
                if (index != null) {
                    masks.dropEmpty(index, known.fullKey());
                }
                if (known != null) {
                    journal.forget(known);
                }
                datapath.remove(entry.id());
                removed++;
            }
        }
        journal.forgetOthers();
        return removed;
    }

    private void takeOver(Flow flow, FlowEntry entry, FlowJournal.Known known) {
        long now = datapath.nanoTime();
        flow.takeOver(entry.actions());
        journal.recall(flow, known);
        flow.lastUsedNanos = now;
        if (entry.drains()) {
            flow.drain(entry.actions(), drains.end(now));
            drains.add(flow);
        }
    }

    /** {@code index}: null for a flow that drains, which nothing finds by its key. */
    private void place(Flow flow, FlowIndex index) {
        used.set(flow.id);
        byId[flow.id] = flow;
        if (index != null) {
            index.add(flow);
        }
        bounds.added(flow);
    }

    /** Counts frames that were carried out in user space. */
    void soft(Flow flow, long packets, long bytes, long now) {
        flow.soft(packets, bytes, now);
        journal.counted(flow);
    }

    /** Installs what is pending and was not dirtied meanwhile. */
    public void installPending() {
        if (pending.isEmpty()) {
            return;
        }
        List<Flow> ready = new ArrayList<>(pending.size());
        for (Flow flow : pending) {
            if (flow.isDirty()) {
                remove(flow);
            } else if (!flow.isRemoved()) {
                ready.add(flow);
            }
        }
        pending.clear();
        install(ready);
    }

    /** Installs one flow ahead of the others that are pending. */
    void install(Flow flow) {
        if (flow.isPending()) {
            pending.remove(flow);
            install(List.of(flow));
        }
    }

    private void install(List<Flow> ready) {
        // What the next process must know of a flow is there before the flow.
        ready.forEach(journal::keep);
        boolean[] in = datapath.install(ready.stream().map(f -> new FlowEntry(f.id, f.key, f.mask, f.actions())).toList());
        for (int i = 0; i < in.length; i++) {
            Flow flow = ready.get(i);
            if (in[i]) {
                flow.installed();
            } else {
                refused++;
                inspectOrForget(flow);
            }
        }
    }

    /** A flow whose actions found no room in the datapath: it takes less when its frames are decided one by one. */
    private void inspectOrForget(Flow flow) {
        flow.decideEachFrame();
        if (datapath.install(List.of(new FlowEntry(flow.id, flow.key, flow.mask, flow.actions())))[0]) {
            flow.installed();
        } else {
            forget(flow);
        }
    }

    /**
     * Gives a flow another decision that reads no bit outside its mask.
     *
     * @return {@link Outcome#REVOKED} when the datapath has no room for its new actions: with the old ones it must not go on
     */
    Outcome redecided(Flow flow, Decision decision) {
        List<Dependency> before = flow.reads();
        boolean changed = flow.adopt(decision);
        int old = journal.decided(flow);
        boolean taken = !changed || flow.isPending() || datapath.replace(flow.id, flow.actions());
        journal.settled(old, before);
        if (!taken) {
            refused++;
            remove(flow);
            return Outcome.REVOKED;
        }
        return changed ? Outcome.REPLACED : Outcome.KEPT;
    }

    /**
     * Has a flow that drains depend on what was read for it now, too. It was decided by one frame, and what was read for that one then or now may concern others of its frames.
     */
    void reread(Flow flow, Decision decision) {
        List<Dependency> before = flow.reads();
        flow.dependOnMore(decision.reads());
        journal.settled(journal.decided(flow), before);
    }

    /**
     * Has a flow go when others have come in its place: it keeps its actions and matches only what no other flow does; copies of its frames come up.
     *
     * @param decision what the flow depends on meanwhile, should it be denied
     * @return {@link Outcome#REVOKED} when it went at once: nothing drains now, it has no output, or the datapath cannot
     */
    Outcome drain(Flow flow, Decision decision, long now) {
        List<Action> copying = new ArrayList<>(flow.actions());
        if (!flow.inspect()) {
            copying.addFirst(new Action.CopyUp());
        }
        boolean can = drains.wanted() && !flow.isRemoved() && flow.serves() && Action.size(copying) <= Action.LIMIT;
        if (!can || !datapath.drain(flow.id, copying)) {
            remove(flow);
            return Outcome.REVOKED;
        }
        masks.remove(flow);
        flow.drain(copying, drains.end(now));
        reread(flow, decision);
        drains.add(flow);
        return Outcome.DRAINED;
    }

    /** Something changed that may deny what was allowed: flows that drain go before anything else is decided again. */
    public void mayDeny() {
        drains.mayDeny();
    }

    /** Sets how long a flow drains; 0 has it go at once. */
    public void drainFor(long nanos) {
        drains.last(nanos);
    }

    /** Removes flows that have drained; says how many. */
    public int endDrains(long now) {
        int ended = 0;
        for (Flow flow = drains.ended(now); flow != null; flow = drains.ended(now)) {
            ended += flow.isRemoved() ? 0 : 1;
            remove(flow);
        }
        return ended;
    }

    /** Has {@link #removeIdle} take out the flows that were not used since a time. */
    public void idleSince(long nanos) {
        idle.clear();
        for (int id = used.nextSetBit(0); id >= 0; id = used.nextSetBit(id + 1)) {
            if (byId[id].lastUsedNanos < nanos) {
                idle.add(byId[id]);
            }
        }
    }

    /** Removes flows that were found idle, for at most a millisecond; says how many. */
    public int removeIdle() {
        return idle.remove(this::remove);
    }

    /** Flows that drain. */
    public int draining() {
        return drains.count();
    }

    /** Takes a flow out; its last traffic still counts for the rows it refreshed. */
    public void remove(Flow flow) {
        if (flow.isRemoved()) {
            return;
        }
        if (!flow.isPending()) {
            FlowCounters last = datapath.remove(flow.id);
            flow.pull(last.packets(), last.bytes(), last.lastUsedNanos());
        }
        forget(flow);
    }

    private void forget(Flow flow) {
        List<Dependency> before = flow.reads();
        boolean found = !flow.draining();
        flow.release();
        journal.forget(flow, before);
        bounds.gone(flow);
        used.clear(flow.id);
        lowest = Math.min(lowest, flow.id);
        byId[flow.id] = null;
        if (found) {
            masks.remove(flow);
        }
    }
}
