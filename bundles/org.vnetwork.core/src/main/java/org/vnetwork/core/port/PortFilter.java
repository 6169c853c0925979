package org.vnetwork.core.port;

import java.util.List;
import org.vnetwork.control.FilterDocument;

/**
 * What a decision reads of a slot: not the version of its filter, which is in {@link FilterRow}.
 *
 * @param slot as in {@code FilterDocument}
 * @param filter name of the filter
 * @param failOpen whether frames pass when it fails
 */
public record PortFilter(int slot, String filter, boolean failOpen) {
    /** The slots of a port. */
    public static List<PortFilter> of(List<FilterDocument> documents) {
        return documents.stream().map(f -> new PortFilter(f.slot(), f.filter().name(), f.failOpen())).toList();
    }
}
