package org.vnetwork.core.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.Row;
import org.vnetwork.datapath.FlowCounters;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * A decision that is installed, or about to be.
 *
 * <p>Loop thread only.
 */
public final class Flow implements Dependency.Reader {
    private static final List<Action> INSPECT = List.of(new Action.Inspect());
    private static final int[] NO_PLACES = {};

    final int id;
    final long[] fullKey;
    final long[] mask;
    final long[] key;
    final int hash;
    final long installedNanos;
    private final DirtyFlows dirtyFlows;
    private final ActionUse use;
    private List<Dependency> reads = List.of();
    /** Where it stands among the readers of each. */
    private int[] places = NO_PLACES;
    private List<Row> refreshedRows = List.of();
    private long[] refreshedVersions = new long[0];
    private List<Action> actions = List.of();
    private FlowState state = FlowState.PENDING;
    private Staleness staleness = Staleness.FRESH;
    /** Where {@link FlowBounds} has it. */
    int place;
    int placeOfPort;
    /** When it goes at the latest, on the datapath's clock, once it drains. */
    long drainedNanos;
    long softPackets;
    long softBytes;
    long lastUsedNanos;
    /** Where its record is in the journal, and a fingerprint of the reads in it. */
    int at = Journal.NOWHERE;
    long keptReads;
    private FlowCounters counters = FlowCounters.NONE;

    /**
     * A flow without a decision yet.
     *
     * @param fullKey key of the packet that was decided, by which it is decided again
     * @param dirtyFlows takes the flow when something that it read changes
     * @param use hears of its actions
     */
    Flow(int id, long[] fullKey, long[] mask, long now, DirtyFlows dirtyFlows, ActionUse use) {
        this.id = id;
        this.fullKey = fullKey;
        this.mask = mask;
        this.key = FlowKey.masked(fullKey, mask);
        this.hash = FlowIndex.hash(key);
        this.installedNanos = now;
        this.lastUsedNanos = now;
        this.dirtyFlows = dirtyFlows;
        this.use = use;
    }

    /** Takes over what a decision read, refreshed and said; true when the actions for the datapath are others than before. */
    boolean adopt(Decision decision) {
        dependOn(decision.reads());
        refreshedRows = new ArrayList<>(decision.refreshes().keySet());
        refreshedVersions = decision.refreshes().values().stream().mapToLong(Long::longValue).toArray();
        List<Action> next = decision.eachFrame() ? INSPECT : decision.actions();
        boolean changed = !next.equals(actions);
        if (changed) {
            act(next);
        }
        return changed;
    }

    private void act(List<Action> next) {
        use.changed(actions, next);
        actions = next;
    }

    /** Has its frames decided one by one, until it is decided again. */
    void decideEachFrame() {
        act(INSPECT);
    }

    /** Depends on what a decision read, and on nothing else any more. */
    void dependOn(Collection<Dependency> now) {
        if (!reads.equals(now)) {
            leave();
            reads = List.copyOf(now);
            places = new int[reads.size()];
            for (int i = 0; i < places.length; i++) {
                places[i] = reads.get(i).add(this, i);
            }
        }
    }

    private void leave() {
        for (int i = 0; i < places.length; i++) {
            reads.get(i).remove(places[i]);
        }
    }

    @Override
    public void moved(int slot, int place) {
        places[slot] = place;
    }

    /** Depends on what another decision read as well. */
    void dependOnMore(Collection<Dependency> more) {
        Set<Dependency> all = new LinkedHashSet<>(reads);
        all.addAll(more);
        dependOn(all);
    }

    /** Changes its state, which nothing else does. */
    private void become(FlowState next) {
        if (!state.leadsTo(next)) {
            throw new IllegalStateException("flow " + id + " is " + state + " and cannot become " + next);
        }
        state = next;
    }

    /** The datapath has it now. */
    void installed() {
        become(FlowState.ACTIVE);
    }

    /** Takes over actions that the datapath carries out already. */
    void takeOver(List<Action> working) {
        act(List.copyOf(working));
        become(FlowState.ACTIVE);
    }

    /** Keeps its actions until it is removed, and no row young. */
    void drain(List<Action> copying, long untilNanos) {
        become(FlowState.DRAINING);
        act(copying);
        drainedNanos = untilNanos;
        refreshedRows = List.of();
        refreshedVersions = new long[0];
    }

    /** It is in the datapath no more, or never came there. */
    void release() {
        become(FlowState.REMOVED);
        use.changed(actions, List.of());
        leave();
        reads = List.of();
        places = NO_PLACES;
    }

    @Override
    public void dirty(boolean mayDeny) {
        Staleness now = mayDeny ? Staleness.MAY_DENY : Staleness.CHANGED;
        if (!isRemoved() && now.compareTo(staleness) > 0) {
            staleness = now;
            dirtyFlows.add(this, mayDeny);
        }
    }

    /** Takes it for decided; true when a change since its last decision may deny what it lets pass. */
    boolean clean() {
        boolean mayDeny = staleness == Staleness.MAY_DENY;
        staleness = Staleness.FRESH;
        return mayDeny;
    }

    /** Whether something that its decision read has changed since. */
    boolean isDirty() {
        return staleness != Staleness.FRESH;
    }

    /** Whether it waits for {@link #installed}. */
    boolean isPending() {
        return state == FlowState.PENDING;
    }

    /** Whether it is gone. */
    boolean isRemoved() {
        return state == FlowState.REMOVED;
    }

    /** Whether frames go on while it drains: one that drops or consumes would only lose what may pass now. */
    boolean serves() {
        return inspect() || actions.stream().anyMatch(a -> a instanceof Action.Output);
    }

    /** Takes counters from the datapath; traffic since the last ones keeps rows young that the decision refreshed. */
    void pull(long packets, long bytes, long usedNanos) {
        if (packets > counters.packets()) {
            used(usedNanos);
        }
        counters = new FlowCounters(packets, bytes, usedNanos);
    }

    /** Counts a frame that was carried out in user space. */
    void soft(long packets, long bytes, long now) {
        softPackets += packets;
        softBytes += bytes;
        used(now);
    }

    private void used(long nanos) {
        lastUsedNanos = Math.max(lastUsedNanos, nanos);
        for (int i = 0; i < refreshedVersions.length; i++) {
            refreshedRows.get(i).refresh(refreshedVersions[i], nanos);
        }
    }

    /** Id in the datapath. */
    public int id() {
        return id;
    }

    /** Key bits compared. */
    public long[] mask() {
        return mask;
    }

    /** The key under the mask. */
    public long[] key() {
        return key;
    }

    /** What the datapath does with its frames. */
    public List<Action> actions() {
        return actions;
    }

    /** Whether its frames are decided one by one. */
    public boolean inspect() {
        // NB: asked for every frame that comes up; comparing the lists made an iterator of 32 octets each time (BatchesTest).
        return actions.size() == 1 && actions.getFirst() instanceof Action.Inspect;
    }

    /** Whether it is on its way out: it matches what no other flow does, and copies of its frames come up. */
    public boolean draining() {
        return state == FlowState.DRAINING;
    }

    /** What its decision read; of a flow that drains, what all its decisions read. */
    public List<Dependency> reads() {
        return reads;
    }

    /** Rows that its traffic keeps young. */
    public List<Row> refreshes() {
        return refreshedRows;
    }

    /** Frames so far, in the datapath and in user space. */
    public long packets() {
        return counters.packets() + softPackets;
    }

    /** Octets so far. */
    public long bytes() {
        return counters.bytes() + softBytes;
    }

    /** When it was decided first, on the datapath's clock. */
    public long installedNanos() {
        return installedNanos;
    }

    /** When it was last used. */
    public long lastUsedNanos() {
        return lastUsedNanos;
    }
}
