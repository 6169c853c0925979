package org.vnetwork.control;

import org.vnetwork.model.Name;
import org.vnetwork.model.Refusal;

/**
 * A filter in a slot of a port.
 *
 * @param slot 1..16; on the way in they are passed in ascending order, on the way out in descending order
 * @param filter name of the filter
 * @param failOpen whether frames pass when the filter fails; false: they are dropped
 */
public record FilterDocument(int slot, String filter, boolean failOpen) {
    public FilterDocument {
        if (slot < 1 || slot > PortDocument.SLOTS) {
            throw Refusal.value("slot", slot, "1.." + PortDocument.SLOTS);
        }
        Name.check("filter", filter);
    }
}
