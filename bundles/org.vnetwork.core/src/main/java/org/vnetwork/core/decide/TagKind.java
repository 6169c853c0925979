package org.vnetwork.core.decide;

import org.vnetwork.model.PortVlan;

/** Values of the fields {@code tag_kind} and {@code inner_tag_kind}, and what they are to a port. */
final class TagKind {
    static final int NONE = 0;
    static final int CUSTOMER = 1;
    static final int SERVICE = 2;

    private TagKind() {
    }

    /** The kind of tag that carries the VLANs of a port. */
    static int of(PortVlan port) {
        return port.service() ? SERVICE : CUSTOMER;
    }

    /** Whether a port takes a frame that begins with such a tag, or with none, for an untagged one. */
    static boolean payload(PortVlan port, long kind) {
        return kind == NONE || kind == CUSTOMER && port.service();
    }
}
