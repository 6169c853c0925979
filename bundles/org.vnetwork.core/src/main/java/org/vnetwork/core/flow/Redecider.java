package org.vnetwork.core.flow;

import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Decides flows again whose rows have changed: the one mechanism for every change.
 *
 * <p>It runs on the flow's stored key and commits nothing. A flow ends in one of four ways. Kept or replaced: its mask covers what was read now, so
 * that at most one update is needed. Drained: more is read now, or the decision would write, which only a real frame may. Revoked: what it does is denied now, or may be for
 * some of its frames, since a port, filter or rule changed; it goes at once. Flows that may be denied come first. Loop thread only.
 */
public final class Redecider {
    private static final long SLICE_NANOS = 1_000_000;

    private final Pipeline pipeline;
    private final FlowTable flows;
    private final BiPredicate<Integer, Integer> carries;
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
     * @param revoked flows that went at once, since what they did is denied or was never installed
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
            boolean mayDeny = flow.clean();
            if (!flow.removed) {
                redecide(flow, mayDeny, now);
            }
            done++;
            if (System.nanoTime() >= end) {
                break;
            }
        }
        return done;
    }

    private void redecide(Flow flow, boolean mayDeny, long now) {
        if (flow.pending) {
            // It is not in the datapath yet and now never comes there; its next frame is decided afresh.
            revoke(flow);
            return;
        }
        if (!mayDeny && !pipeline.hasEngine()) {
            // It goes on until there is an engine, by which all are decided again.
            return;
        }
        boolean unsure = mayDeny || flow.doubtful;
        Decision decision = pipeline.evaluate(flow.fullKey, null);
        if (decision.undecided()) {
            // It may be denied now, and there is no engine to tell.
            revoke(flow);
        } else if (flow.draining()) {
            // Others come in its place already; only a denial ends it early.
            if (unsure || denies(decision, flow)) {
                revoke(flow);
            } else {
                flows.reread(flow, decision);
            }
        } else if (FlowKey.covers(flow.mask, decision.mask()) && (flow.inspect() || !decision.wrote())) {
            if (flows.redecided(flow, decision)) {
                replaced++;
            } else {
                kept++;
            }
        } else {
            giveWay(flow, decision, unsure, now);
        }
    }

    /** {@code mayDeny}: other frames of a wide flow than the one it was decided by may be denied now, so that it cannot go on for them. */
    private void giveWay(Flow flow, Decision decision, boolean mayDeny, long now) {
        if (!decision.wrote()) {
            Flow narrower = flows.add(flow.fullKey, decision, now);
            if (narrower != null) {
                flows.install(narrower);
            }
        }
        if (mayDeny || denies(decision, flow)) {
            revoke(flow);
        } else if (flows.drain(flow, decision, now)) {
            drained++;
        } else {
            revoked++;
        }
    }

    private void revoke(Flow flow) {
        flows.remove(flow);
        revoked++;
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
