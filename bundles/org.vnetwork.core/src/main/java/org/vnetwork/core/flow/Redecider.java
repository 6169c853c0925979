package org.vnetwork.core.flow;

import java.util.Deque;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Decides flows again whose rows have changed: the one mechanism for every change.
 *
 * <p>It runs on the flow's stored key and commits nothing. A flow is kept, replaced (its mask covers what was read now: one
 * update), followed by a narrower one that is installed before it goes, or revoked (the decision would write, which only a real frame may). Loop thread only.
 */
public final class Redecider {
    private static final long SLICE_NANOS = 1_000_000;

    private final Pipeline pipeline;
    private final FlowTable flows;
    private long kept;
    private long replaced;
    private long narrowed;
    private long revoked;

    /**
     * What re-decision did, as totals.
     *
     * @param kept flows whose actions stayed
     * @param replaced flows with other actions under the same mask
     * @param narrowed flows that gave way to one that compares more
     * @param revoked flows that went, because a frame must be seen
     */
    public record Totals(long kept, long replaced, long narrowed, long revoked) {
        /** What came since an earlier reading. */
        public Totals since(Totals before) {
            return new Totals(kept - before.kept, replaced - before.replaced, narrowed - before.narrowed, revoked - before.revoked);
        }

        @Override
        public String toString() {
            return kept + " kept, " + replaced + " replaced, " + narrowed + " narrowed, " + revoked + " revoked";
        }
    }

    /** Works on one switch's flows. */
    public Redecider(Pipeline pipeline, FlowTable flows) {
        this.pipeline = pipeline;
        this.flows = flows;
    }

    /** What it has done so far. */
    public Totals totals() {
        return new Totals(kept, replaced, narrowed, revoked);
    }

    /** Works for at most a millisecond; says how many flows it decided. */
    public int slice(long now) {
        Deque<Flow> dirty = flows.dirty();
        int done = 0;
        long end = dirty.isEmpty() ? 0 : System.nanoTime() + SLICE_NANOS;
        while (!dirty.isEmpty() && (done == 0 || System.nanoTime() < end)) {
            Flow flow = dirty.poll();
            flow.clean();
            if (!flow.removed) {
                redecide(flow, now);
            }
            done++;
        }
        return done;
    }

    private void redecide(Flow flow, long now) {
        if (flow.pending) {
            // It is not in the datapath yet and now never comes there; its next frame is decided afresh.
            flows.remove(flow);
            revoked++;
            return;
        }
        Decision decision = pipeline.evaluate(flow.fullKey, null);
        if (decision.wrote()) {
            flows.remove(flow);
            revoked++;
        } else if (FlowKey.covers(flow.mask, decision.mask())) {
            if (flows.redecided(flow, decision)) {
                replaced++;
            } else {
                kept++;
            }
        } else {
            Flow narrower = flows.add(flow.fullKey, decision, now);
            if (narrower != null) {
                flows.install(narrower);
            }
            flows.remove(flow);
            narrowed++;
        }
    }
}
