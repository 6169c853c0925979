package org.vnetwork.control;

import java.util.List;
import java.util.Optional;
import org.vnetwork.model.Refusal;

/**
 * The whole configuration of a host; immutable, and all that is kept of it.
 *
 * @param switches in order of creation, names unique
 */
public record HostDocument(List<SwitchDocument> switches) {
    /** A host without switches. */
    public static final HostDocument EMPTY = new HostDocument(List.of());

    public HostDocument {
        switches = List.copyOf(switches);
        Unique.check("switch", switches.stream().map(SwitchDocument::name).toList());
    }

    /** The switch of this name, if there is one. */
    public Optional<SwitchDocument> find(String name) {
        return switches.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /**
     * The switch of this name.
     *
     * @throws Refusal when there is none
     */
    public SwitchDocument need(String name) {
        return find(name).orElseThrow(() -> Refusal.value("switch", name, Unique.oneOf(switches.stream().map(SwitchDocument::name).toList()),
                "switch:list shows them, switch:create makes one"));
    }
}
