package org.vnetwork.core.run;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.flow.Flow;
import org.vnetwork.core.flow.Preview;

/** What a candidate for one place of a switch at work would do with the flows of now, a few flows at a time so that the loop is not held up. Any thread but the loop's. */
final class SwapPreview {
    private static final int TURN = 32;

    private final VirtualSwitch home;

    SwapPreview(VirtualSwitch home) {
        this.home = home;
    }

    /**
     * A line each; nothing of the candidate is left.
     *
     * @param what is previewed, as in {@code engine flood}
     * @param open opens the candidate, or throws what the person is told
     * @param stages the stages of the switch with the candidate in its place
     */
    <T> List<String> lines(String what, Supplier<Opened<T>> open, Function<Opened<T>, CandidateStages> stages) {
        Opened<T> candidate = open.get();
        try {
            CandidateStages all = stages.apply(candidate);
            Preview preview = new Preview(new Pipeline(home.tables, home.portRows, all, home.datapath.capabilities(), home.driver()), candidate.context().overlay());
            List<Flow> flows = new Slices(home).flows(flow -> flow);
            inTurns(flows, preview::warm);
            inTurns(flows, preview::compare);
            return home.onLoop(() -> new PreviewText(home).lines(what, preview, all.failures()));
        } finally {
            candidate.discard();
            // What it was given is given back behind what waits on the loop.
            home.onLoop(() -> null);
        }
    }

    private void inTurns(List<Flow> flows, Consumer<Flow> work) {
        for (int i = 0; i < flows.size(); i += TURN) {
            List<Flow> turn = flows.subList(i, Math.min(i + TURN, flows.size()));
            home.onLoop(() -> {
                turn.forEach(work);
                return null;
            });
        }
    }
}
