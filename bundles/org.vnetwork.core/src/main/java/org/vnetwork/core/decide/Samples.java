package org.vnetwork.core.decide;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.vnetwork.control.StageView;

/**
 * Decides one packet in 64 a second time, to find plugins that look at more than packet and rows: a clock, a random number, a field of their own.
 *
 * <p>A flow stands for all packets that read the same, so such a decision would be right for its first packet alone. Only decisions that can be flows are looked at. Loop thread only.
 */
final class Samples {
    private static final int ONE_IN = 64;
    /** How often a decision is made again to see which stage it was. */
    private static final int ATTEMPTS = 16;

    private final Stages stages;
    private int passed;

    Samples(Stages stages) {
        this.stages = stages;
    }

    /** Looks at a decision when its turn has come; {@code again} makes it once more, without any effect, {@code traced} likewise with its stages. */
    void look(Decision first, Supplier<Decision> again, Supplier<List<StageView>> traced) {
        if (first.eachFrame() || first.undecided() || ++passed % ONE_IN != 0) {
            return;
        }
        String difference = difference(first, again.get());
        if (difference != null) {
            tell(difference, traced);
        }
    }

    private static String difference(Decision one, Decision other) {
        if (!one.actions().equals(other.actions()) || one.end() != other.end()) {
            return "other actions";
        }
        boolean sameBits = Arrays.equals(one.mask(), other.mask()) && one.inspect() == other.inspect();
        boolean sameRows = one.wrote() == other.wrote() && Set.copyOf(one.reads()).equals(Set.copyOf(other.reads()));
        return sameBits ? sameRows ? null : "other rows read or written" : "other bits read";
    }

    /** Names the first stage that differs between two traces; when none does any more, all that are plugins'. */
    private void tell(String difference, Supplier<List<StageView>> traced) {
        List<StageView> before = traced.get();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<StageView> after = traced.get();
            for (int stage = 0; stage < Math.min(before.size(), after.size()); stage++) {
                StageView one = before.get(stage);
                StageView other = after.get(stage);
                if (!one.equals(other)) {
                    stages.unsteady(plugin(one), difference + (one.verdict().equals(other.verdict()) ? "" : ": " + one.verdict() + ", then " + other.verdict()));
                    return;
                }
            }
            before = after;
        }
        before.stream().map(Samples::plugin).filter(p -> !p.startsWith("port ") && !p.startsWith("mirror ")).distinct().reduce((a, b) -> a + " or " + b)
                .ifPresent(plugins -> stages.unsteady(plugins, difference));
    }

    /** The plugin of a stage, without its place: {@code filter count slot 1 of web1 in} is {@code filter count}. */
    private static String plugin(StageView stage) {
        int place = stage.stage().indexOf(" slot ");
        return place < 0 ? stage.stage() : stage.stage().substring(0, place);
    }
}
