package org.vnetwork.core.port;

import org.vnetwork.model.PortId;

/**
 * Key of {@link FilterRow}.
 *
 * @param port whose slot it is
 * @param slot as in {@code FilterDocument}
 */
public record Slot(PortId port, int slot) {
}
