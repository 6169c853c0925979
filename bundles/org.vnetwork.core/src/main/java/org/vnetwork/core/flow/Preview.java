package org.vnetwork.core.flow;

import java.util.ArrayList;
import java.util.List;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.packet.wire.FlowKey;

/**
 * What another pipeline would decide for the flows of now, without any effect.
 *
 * <p>Two passes over the flows: {@link #warm} lets the candidate learn into an overlay, {@link #compare} decides on what it
 * learnt. Loop thread only; the caller chooses how many flows a turn takes.
 */
public final class Preview {
    private static final int EXAMPLES = 5;

    private final Pipeline candidate;
    private final Transaction overlay;
    private final List<Difference> examples = new ArrayList<>();
    private int same;
    private int changed;
    private int split;

    /** A flow that would be treated differently, and how. */
    public record Difference(Flow flow, Decision decision) {
    }

    /**
     * A preview that has seen nothing.
     *
     * @param overlay what the candidate wrote when it opened; it grows, and is never committed
     */
    public Preview(Pipeline candidate, Transaction overlay) {
        this.candidate = candidate;
        this.overlay = overlay;
    }

    /** First pass over one flow. */
    public void warm(Flow flow) {
        if (!flow.isRemoved()) {
            candidate.preview(flow.fullKey, overlay, true);
        }
    }

    /** Second pass over one flow. */
    public void compare(Flow flow) {
        if (flow.isRemoved()) {
            return;
        }
        Decision decision = candidate.preview(flow.fullKey, overlay, false);
        boolean inspect = decision.eachFrame();
        if (!FlowKey.covers(flow.mask, decision.mask())) {
            split++;
        } else if (inspect == flow.inspect() && (inspect || decision.actions().equals(flow.actions()))) {
            same++;
            return;
        } else {
            changed++;
        }
        if (examples.size() < EXAMPLES && (inspect != flow.inspect() || !decision.actions().equals(flow.actions()))) {
            examples.add(new Difference(flow, decision));
        }
    }

    /** Flows that would be treated as now. */
    public int same() {
        return same;
    }

    /** Flows that would be treated differently. */
    public int changed() {
        return changed;
    }

    /** Flows of which the candidate reads more bits, so that it is known for the sampled frame only. */
    public int split() {
        return split;
    }

    /** The first few flows with other actions. */
    public List<Difference> examples() {
        return examples;
    }
}
