package org.vnetwork.core.run;

import java.util.List;
import org.vnetwork.control.PortDocument;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.model.Refusal;

/** Previews another filter in a slot of a port at work; any thread but the loop's. */
public final class FilterPreview {
    private final VirtualSwitch home;
    private final PortDocument port;
    private final int slot;
    private final Plugin<PacketFilter> plugin;

    /** Previews a filter in this slot of this port, which has another one. */
    public FilterPreview(VirtualSwitch home, PortDocument port, int slot, Plugin<PacketFilter> plugin) {
        this.home = home;
        this.port = port;
        this.slot = slot;
        this.plugin = plugin;
    }

    /** A line each. */
    public List<String> lines() {
        return new SwapPreview(home).lines("filter " + plugin.document() + " in slot " + slot + " of " + port.name(), this::open,
                candidate -> CandidateStages.with(home, port.id(), slot, candidate.stage()));
    }

    private Opened<PacketFilter> open() {
        Opened<PacketFilter> opened;
        try {
            opened = home.plugins.openFilter(plugin.name(), plugin);
        } catch (RuntimeException | LinkageError e) {
            throw new Refusal("filter: " + plugin.document() + " did not open (" + e.getMessage() + "); it could not be swapped in", e);
        }
        if (opened == null) {
            throw new Refusal("filter: " + plugin.document() + " is going away (expected: an installed one); filter:list shows them");
        }
        return opened;
    }
}
