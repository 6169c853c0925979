package org.vnetwork.control;

import java.util.Optional;
import org.vnetwork.model.Refusal;

/**
 * A filter in a slot of a port.
 *
 * @param slot 1..16; on the way in they are passed in ascending order, on the way out in descending order
 * @param filter name and generation of the filter
 * @param failOpen whether frames pass when the filter fails; false: they are dropped
 * @param trial what comes back unless the filter is confirmed; empty when nothing waits
 */
public record FilterDocument(int slot, PluginDocument filter, boolean failOpen, Optional<TrialDocument> trial) {
    public FilterDocument {
        if (slot < 1 || slot > PortDocument.SLOTS) {
            throw Refusal.value("slot", slot, "1.." + PortDocument.SLOTS);
        }
    }

    /** A filter that need not be confirmed, as commands name it. */
    public FilterDocument(int slot, String filter, boolean failOpen) {
        this(slot, PluginDocument.parse("filter", filter), failOpen, Optional.empty());
    }

    /** This slot with another filter in it. */
    public FilterDocument withFilter(PluginDocument other, Optional<TrialDocument> trial) {
        return new FilterDocument(slot, other, failOpen, trial);
    }
}
