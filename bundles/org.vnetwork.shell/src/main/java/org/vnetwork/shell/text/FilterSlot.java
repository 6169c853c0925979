package org.vnetwork.shell.text;

import java.util.List;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.PluginView;

/**
 * A slot of a port with a filter in it.
 *
 * @param slot its number
 * @param filter name and version of the filter
 * @param fail {@code open} or {@code closed}: whether frames pass when the filter fails, or is not installed
 * @param state {@code in use}, {@code confirming}, or why it is not at work
 */
public record FilterSlot(int slot, String filter, String fail, String state) {
    /** A slot as configured, and as the view of its port shows it: {@code 1:count}, {@code 1:count (not installed)}. */
    public static FilterSlot of(FilterDocument document, List<String> shown) {
        String begin = document.slot() + ":" + document.filter().name();
        String problem = shown.stream().filter(text -> text.startsWith(begin + " (")).map(text -> text.substring(begin.length() + 2, text.length() - 1)).findFirst()
                .orElse(document.trial().isPresent() ? PluginView.CONFIRMING : PluginView.IN_USE);
        return new FilterSlot(document.slot(), document.filter().toString(), document.failOpen() ? "open" : "closed", problem);
    }
}
