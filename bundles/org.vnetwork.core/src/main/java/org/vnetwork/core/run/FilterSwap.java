package org.vnetwork.core.run;

import java.util.List;
import org.vnetwork.control.PortDocument;

/** Exchanges filters of a port at work and measures what that cost; any thread but the loop's. */
public final class FilterSwap {
    private final VirtualSwitch home;

    /** Exchanges filters of this switch. */
    public FilterSwap(VirtualSwitch home) {
        this.home = home;
    }

    /** Opens the filters that are wanted, exchanges, closes the others, and returns when the flows of the port have been decided again; a line each of what happened. */
    public List<String> lines(PortDocument document) {
        return home.portChanges().swap(document).lines();
    }

    /** As {@link VirtualSwitch#setPort}, but a filter that does not open is as one that is not installed, which is told. */
    public void asFarAsTheyOpen(PortDocument document) {
        home.portChanges().setAsFarAsFiltersOpen(document);
    }
}
