package org.vnetwork.shell.command;

import java.util.Optional;
import org.vnetwork.model.Refusal;

/**
 * What a port is attached to, as typed.
 *
 * @param netdev an existing device
 * @param tap a tap device
 * @param sim whether it is a simulated port
 */
public record AttachmentOptions(
        @Option(value = "netdev", kind = Kind.DEVICE, help = "an existing network device: a veth, an uplink") Optional<String> netdev,
        @Option(value = "tap", kind = Kind.NEW_NAME, help = "a tap device of this name, made when there is none") Optional<String> tap,
        @Option(value = "sim", help = "a port in memory; needs a switch with --datapath sim") boolean sim) {

    private static final String ONE = "exactly one of --netdev DEVICE, --tap NAME, --sim";

    String kind() {
        int given = (netdev.isPresent() ? 1 : 0) + (tap.isPresent() ? 1 : 0) + (sim ? 1 : 0);
        if (given != 1) {
            throw new Refusal("port:add: " + (given == 0 ? "no attachment" : given + " attachments") + " (expected: " + ONE + ")");
        }
        return netdev.isPresent() ? "netdev" : tap.isPresent() ? "tap" : "sim";
    }

    /** Name of the device; a simulated port has its own. */
    String device(String port) {
        return netdev.or(() -> tap).orElse(port);
    }
}
