package org.vnetwork.shell.text;

import java.util.List;
import org.vnetwork.control.PortView;
import org.vnetwork.control.SwitchView;

/**
 * A switch with its ports.
 *
 * @param state the switch as a whole
 * @param ports its ports
 */
public record SwitchDetail(SwitchView state, List<PortView> ports) {
}
