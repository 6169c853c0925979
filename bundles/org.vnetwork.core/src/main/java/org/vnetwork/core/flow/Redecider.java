package org.vnetwork.core.flow;

import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Decides flows again whose rows have changed: the one mechanism for every change.
 *
 * <p>It runs on the flow's stored key and commits nothing. A flow is kept or replaced while its mask covers what was read now. It drains when more is read now,
 * or when the decision would write, which only a real frame may. It is revoked when what it does is denied now, or may be for some of its frames: a port, a filter, a rule,
 * a row that the administrator placed or one of a policy has changed. It is revoked too when it has no output that could go on, or when the datapath refuses what it is told.
 * Flows that may be denied come first. Loop thread only.
 */
public final class Redecider {
    private static final long SLICE_NANOS = 1_000_000;

    private final Pipeline pipeline;
    private final FlowTable flows;
    private final BiPredicate<Integer, Integer> carries;
    /** The flow that is being decided, and why; it is still to be decided when the plugin that was asked never answers. */
    private Flow inHand;
    private boolean inHandMayBeDenied;
    private long kept;
    private long replaced;
    private long drained;
    private long revoked;

    /**
     * What re-decision did, as totals.
     *
     * @param kept flows whose actions stayed
     * @param replaced flows with other actions under the same mask
     * @param drained flows that give way to others while their frames go on
     * @param revoked flows that went at once: what they did is or may be denied, they had no output, they were never installed, or the datapath had no room for what they were to do
     */
    public record Totals(long kept, long replaced, long drained, long revoked) {
        /** What came since an earlier reading. */
        public Totals since(Totals before) {
            return new Totals(kept - before.kept, replaced - before.replaced, drained - before.drained, revoked - before.revoked);
        }

        @Override
        public String toString() {
            return kept + " kept, " + replaced + " replaced, " + drained + " drained, " + revoked + " revoked";
        }
    }

    /**
     * Works on one switch's flows.
     *
     * @param carries whether a port (the first) exists and carries a VLAN (the second) now
     */
    public Redecider(Pipeline pipeline, FlowTable flows, BiPredicate<Integer, Integer> carries) {
        this.pipeline = pipeline;
        this.flows = flows;
        this.carries = carries;
    }

    /** What it has done so far. */
    public Totals totals() {
        return new Totals(kept, replaced, drained, revoked);
    }

    /** Works for at most a millisecond; says how many flows it decided. */
    public int slice(long now) {
        DirtyFlows dirty = flows.dirty();
        if (dirty.isEmpty()) {
            return 0;
        }
        int done = 0;
        long end = System.nanoTime() + SLICE_NANOS;
        for (Flow flow = dirty.poll(); flow != null; flow = dirty.poll()) {
            inHand = flow;
            inHandMayBeDenied = flow.clean();
            if (!flow.isRemoved()) {
                redecide(flow, inHandMayBeDenied, now);
            }
            inHand = null;
            done++;
            if (System.nanoTime() >= end) {
                break;
            }
        }
        return done;
    }

    /** Has the flow decided again whose decision did not come to its end. */
    public void again() {
        if (inHand != null && !inHand.isRemoved()) {
            inHand.dirty(inHandMayBeDenied);
        }
        inHand = null;
    }

    /** {@code mayDeny}: what changed may deny other frames of a wide flow than the one that it is decided by. */
    private void redecide(Flow flow, boolean mayDeny, long now) {
        if (flow.isPending() || mayDeny && flow.draining()) {
            // One that is pending never comes into the datapath now. The next frame of either is decided afresh.
            flows.remove(flow);
            count(Outcome.REVOKED);
        } else if (mayDeny || pipeline.hasEngine()) {
            count(decide(flow, mayDeny || flow.reads().stream().anyMatch(Dependency::mayDeny), now));
        }
        // Else it goes on until there is an engine, by which all are decided again.
    }

    private Outcome decide(Flow flow, boolean mayDeny, long now) {
        Decision decision = pipeline.evaluate(flow.fullKey, null);
        // Undecided: it may be denied now, and there is no engine to tell. One that drains has others in its place already; only a denial ends it early.
        if (decision.undecided() || flow.draining() && (mayDeny || denies(decision, flow))) {
            flows.remove(flow);
            return Outcome.REVOKED;
        }
        if (flow.draining()) {
            flows.reread(flow, decision);
            return Outcome.DRAINS_ON;
        }
        boolean covered = FlowKey.covers(flow.mask, decision.mask()) && (flow.inspect() || !decision.wrote());
        return covered ? flows.redecided(flow, decision) : giveWay(flow, decision, mayDeny, now);
    }

    private Outcome giveWay(Flow flow, Decision decision, boolean mayDeny, long now) {
        if (!decision.wrote()) {
            Flow narrower = flows.add(flow.fullKey, decision, now);
            if (narrower != null) {
                flows.install(narrower);
            }
        }
        if (mayDeny || denies(decision, flow)) {
            flows.remove(flow);
            return Outcome.REVOKED;
        }
        return flows.drain(flow, decision, now);
    }

    private void count(Outcome outcome) {
        switch (outcome) {
            case KEPT -> kept++;
            case REPLACED -> replaced++;
            case DRAINED -> drained++;
            case REVOKED -> revoked++;
            case DRAINS_ON -> {
            }
        }
    }

    /** Whether what the flow does must end at once: a decision that drops, or an output to where the frame may not go any more. */
    private boolean denies(Decision decision, Flow flow) {
        List<Action> before = flow.actions();
        Set<Integer> outputs = Decision.outputs(before);
        boolean drops = decision.actions().stream().anyMatch(a -> a instanceof Action.Drop && !before.contains(a));
        boolean nowhere = decision.end() != Decision.End.FORWARDED && !outputs.isEmpty();
        return drops || nowhere && !decision.inspect() || outputs.stream().anyMatch(port -> !carries.test(port, decision.vlan()));
    }
}
