package org.vnetwork.shell.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.SwitchDocument;

/**
 * A view and the switch that it belongs to; tables and JSON show it as one row.
 *
 * @param switchName the switch
 * @param view a record
 */
public record InSwitch(String switchName, Object view) {
    /** The views of one switch, or of all. */
    public static List<InSwitch> each(HostDocument document, Optional<String> only, Function<String, ? extends List<?>> views) {
        List<String> names = only.isPresent() ? List.of(document.need(only.get()).name())
                : document.switches().stream().map(SwitchDocument::name).toList();
        List<InSwitch> all = new ArrayList<>();
        for (String name : names) {
            for (Object view : views.apply(name)) {
                all.add(new InSwitch(name, view));
            }
        }
        return all;
    }
}
