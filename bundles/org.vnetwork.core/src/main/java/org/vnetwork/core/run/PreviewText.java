package org.vnetwork.core.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.vnetwork.core.flow.Preview;
import org.vnetwork.core.flow.Seen;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.FlowText;

/** A preview in lines: how many flows would be treated the same, and each difference once. Loop thread only. */
final class PreviewText {
    /** Differences that are shown. */
    private static final int SHOWN = 8;

    private final VirtualSwitch home;
    private final IntFunction<String> reasons;

    /** {@code reasons}: the text of a drop reason's number. */
    PreviewText(VirtualSwitch home, IntFunction<String> reasons) {
        this.home = home;
        this.reasons = reasons;
    }

    /**
     * A line each.
     *
     * @param what is previewed, as in {@code engine flood}
     * @param failures times that it threw
     */
    List<String> lines(String what, Preview preview, int failures) {
        List<String> lines = new ArrayList<>();
        lines.add("preview of " + what + " on the flows of now: " + preview.same() + " same, " + preview.changed() + " changed, " + preview.split() + " split"
                + (failures == 0 ? "" : "; it failed " + failures + " times"));
        List<Preview.Difference> all = preview.differences();
        all.stream().limit(SHOWN).map(this::line).forEach(lines::add);
        if (all.size() > SHOWN) {
            int flows = all.stream().skip(SHOWN).mapToInt(Preview.Difference::flows).sum();
            lines.add("and " + (all.size() - SHOWN) + " other differences, of " + flows + " flows");
        }
        return lines;
    }

    private String line(Preview.Difference difference) {
        Seen flow = difference.example();
        return (difference.flows() == 1 ? "1 flow: " : difference.flows() + " flows: ") + actions(difference.before(), difference.inspectBefore()) + " -> "
                + actions(difference.after(), difference.inspectAfter()) + "; as flow " + flow.id() + "  " + FlowText.match(flow.key(), flow.mask(), home.ports::name);
    }

    private String actions(List<Action> actions, boolean inspect) {
        return (inspect ? "inspect: " : "") + FlowText.actions(actions, home.ports::name, reasons);
    }
}
