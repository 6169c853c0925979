package org.vnetwork.core.flow;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowKey;

/**
 * What another pipeline would decide for the flows of now, without any effect.
 *
 * <p>Two passes over the flows: {@link #warm} lets the candidate learn into an overlay, {@link #compare} decides on what it
 * learnt. One thread.
 */
public final class Preview {
    /** Different differences that are told apart; flows with others are counted as changed or split alone. */
    private static final int MOST_DIFFERENCES = 1024;

    private final Pipeline candidate;
    private final Transaction overlay;
    private final Map<Treatments, Difference> differences = new LinkedHashMap<>();
    private int same;
    private int changed;
    private int split;

    private record Treatments(List<Action> before, boolean inspectBefore, List<Action> after, boolean inspectAfter) {
    }

    /**
     * One way in which flows would be treated differently.
     *
     * @param before actions of now
     * @param after actions of the candidate
     * @param inspectBefore whether each frame comes up now
     * @param inspectAfter whether each frame would come up
     * @param flows how many
     * @param example one of them
     */
    public record Difference(List<Action> before, List<Action> after, boolean inspectBefore, boolean inspectAfter, int flows, Seen example) {
        private Difference plus(Difference one) {
            return new Difference(before, after, inspectBefore, inspectAfter, flows + one.flows, example);
        }
    }

    /**
     * A preview that has seen nothing.
     *
     * @param overlay takes what the candidate would write; it grows, and is never committed
     */
    public Preview(Pipeline candidate, Transaction overlay) {
        this.candidate = candidate;
        this.overlay = overlay;
    }

    /** First pass over one flow. */
    public void warm(Seen flow) {
        candidate.preview(flow.fullKey(), overlay, true);
    }

    /** Second pass over one flow. */
    public void compare(Seen flow) {
        Decision decision = candidate.preview(flow.fullKey(), overlay, false);
        boolean inspect = decision.eachFrame();
        if (!FlowKey.covers(flow.mask(), decision.mask())) {
            split++;
        } else if (inspect == flow.inspect() && (inspect || decision.actions().equals(flow.actions()))) {
            same++;
            return;
        } else {
            changed++;
        }
        if (inspect != flow.inspect() || !decision.actions().equals(flow.actions())) {
            Treatments treatments = new Treatments(flow.actions(), flow.inspect(), List.copyOf(decision.actions()), inspect);
            if (differences.size() < MOST_DIFFERENCES || differences.containsKey(treatments)) {
                differences.merge(treatments, new Difference(treatments.before, treatments.after, flow.inspect(), inspect, 1, flow), Difference::plus);
            }
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

    /** Each different treatment once, that of the most flows first. */
    public List<Difference> differences() {
        return differences.values().stream().sorted(Comparator.comparingInt(Difference::flows).reversed()).toList();
    }
}
