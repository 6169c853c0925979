package org.vnetwork.core.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
    private List<Dependency> reads = List.of();
    /** Where it stands among the readers of each. */
    private int[] places = NO_PLACES;
    private List<Row> refreshedRows = List.of();
    private long[] refreshedVersions = new long[0];
    private List<Action> actions = List.of();
    private boolean inspect;
    private boolean dirty;
    private boolean dirtyFirst;
    /** Whether it is not known if what it read has changed since it was decided, in another process. */
    boolean doubtful;
    boolean pending = true;
    boolean removed;
    /** Where {@link FlowBounds} has it. */
    int place;
    int placeOfPort;
    /** When it goes at the latest, on the datapath's clock; 0 while it does not drain. */
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
     */
    Flow(int id, long[] fullKey, long[] mask, long now, DirtyFlows dirtyFlows) {
        this.id = id;
        this.fullKey = fullKey;
        this.mask = mask;
        this.key = FlowKey.masked(fullKey, mask);
        this.hash = FlowIndex.hash(key);
        this.installedNanos = now;
        this.lastUsedNanos = now;
        this.dirtyFlows = dirtyFlows;
    }

    /** Takes over what a decision read, refreshed and said; says whether the actions for the datapath are others than before. */
    boolean adopt(Decision decision) {
        dependOn(decision.reads());
        doubtful = false;
        refreshedRows = new ArrayList<>(decision.refreshes().keySet());
        refreshedVersions = decision.refreshes().values().stream().mapToLong(Long::longValue).toArray();
        List<Action> before = actions;
        inspect = decision.eachFrame();
        actions = inspect ? INSPECT : decision.actions();
        return !actions.equals(before);
    }

    /** Has its frames decided one by one, until it is decided again. */
    void decideEachFrame() {
        inspect = true;
        actions = INSPECT;
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

    /** Takes over actions that the datapath carries out already. */
    void takeOver(List<Action> working) {
        inspect = working.equals(INSPECT);
        actions = List.copyOf(working);
        pending = false;
    }

    /** Keeps its actions until it is removed, and no row young. */
    void drain(List<Action> copying, long untilNanos) {
        actions = copying;
        drainedNanos = untilNanos;
        refreshedRows = List.of();
        refreshedVersions = new long[0];
    }

    void release() {
        leave();
        reads = List.of();
        places = NO_PLACES;
        removed = true;
    }

    @Override
    public void dirty(boolean first) {
        boolean queued = dirty && (dirtyFirst || !first);
        if (!queued && !removed) {
            dirty = true;
            dirtyFirst |= first;
            dirtyFlows.add(this, first);
        }
    }

    /** Takes it for decided; says whether what changed may deny what was allowed. */
    boolean clean() {
        boolean mayDeny = dirtyFirst;
        dirty = false;
        dirtyFirst = false;
        return mayDeny;
    }

    /** Whether something that its decision read has changed since. */
    boolean isDirty() {
        return dirty;
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
        return inspect;
    }

    /** Whether it is on its way out: it matches what no other flow does, and copies of its frames come up. */
    public boolean draining() {
        return drainedNanos != 0;
    }

    /** What its decision read. */
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
