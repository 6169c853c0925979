package org.vnetwork.shell.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.vnetwork.control.Host;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.SwitchView;
import org.vnetwork.model.Refusal;

/**
 * A view and the switch that it belongs to; tables and JSON show it as one row.
 *
 * @param switchName the switch
 * @param view a record
 */
public record InSwitch(String switchName, Object view) {
    /**
     * What stands for the views of a switch that does not answer.
     *
     * @param state why
     */
    public record NoAnswer(String state) {
    }

    /** The views of one switch; or of all, without waiting for those that do not answer, which come last. */
    public static List<InSwitch> each(Host host, HostDocument document, Optional<String> only, Function<String, ? extends List<?>> views) {
        if (only.isPresent()) {
            String name = document.need(only.get()).name();
            return views.apply(name).stream().map(view -> new InSwitch(name, view)).toList();
        }
        List<InSwitch> all = new ArrayList<>();
        List<InSwitch> silent = new ArrayList<>();
        for (SwitchDocument each : document.switches()) {
            answers(host, each.name(), views).forEach(view -> (view instanceof NoAnswer ? silent : all).add(new InSwitch(each.name(), view)));
        }
        all.addAll(silent);
        return all;
    }

    private static List<?> answers(Host host, String name, Function<String, ? extends List<?>> views) {
        String state = host.state(name);
        try {
            return state.equals(SwitchView.READY) ? views.apply(name) : List.of(new NoAnswer(state));
        } catch (Refusal e) {
            // It stopped, or began to hang, since it was asked.
            return List.of(new NoAnswer(e.getMessage()));
        }
    }
}
