package org.vnetwork.packet;

import java.util.regex.Pattern;
import org.vnetwork.model.Refusal;

/**
 * Why a frame was dropped; counted per port and reason.
 *
 * <p>A switch tells 41 reasons apart at a time, beside those of the datapath. When another comes, one that no flow drops by makes room; its drops are {@code core/forgotten} then.
 *
 * @param text {@code bundle/reason}, as in {@code firewall/denied}: lower case, digits and dashes
 */
public record DropReason(String text) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9.-]*/[a-z0-9-]+");

    public DropReason {
        if (!FORM.matcher(text).matches()) {
            throw Refusal.value("drop reason", text, "bundle/reason in lower case");
        }
    }

    /** The reason of this text. */
    public static DropReason of(String text) {
        return new DropReason(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
