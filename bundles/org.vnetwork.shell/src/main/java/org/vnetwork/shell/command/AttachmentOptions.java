package org.vnetwork.shell.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.vnetwork.model.Refusal;

/**
 * What a port is attached to, as typed.
 *
 * @param netdev an existing device
 * @param tap a tap device
 * @param dgram the addresses of a datagram socket
 * @param stream where a stream socket waits for its peer
 * @param streamTo where the peer of a stream socket waits
 * @param udpMulticast the group that datagrams go to and come from
 * @param vxlan where the other end of a tunnel is
 * @param vni number of the tunnel's network
 * @param local this end of a tunnel, or the interface to a group
 * @param sim whether it is a simulated port
 */
public record AttachmentOptions(
        @Option(value = "netdev", kind = Kind.DEVICE, help = "an existing network device: a veth, an uplink") Optional<String> netdev,
        @Option(value = "tap", kind = Kind.NEW_NAME, help = "a tap device of this name, made when there is none") Optional<String> tap,
        @Option(value = "dgram", kind = Kind.ADDRESSES, help = "a datagram socket and its peer, each a path or IP-ADDRESS:PORT: QEMU's -netdev dgram") Optional<String> dgram,
        @Option(value = "stream", kind = Kind.ADDRESS, help = "a path or IP-ADDRESS:PORT where the peer calls: QEMU's -netdev stream") Optional<String> stream,
        @Option(value = "stream-to", kind = Kind.ADDRESS, help = "a path or IP-ADDRESS:PORT to call the peer at: QEMU's -netdev stream,server=on") Optional<String> streamTo,
        @Option(value = "udp-multicast", kind = Kind.GROUP, help = "datagrams to and from an IPv4 group: QEMU's -netdev socket,mcast=GROUP:PORT") Optional<String> udpMulticast,
        @Option(value = "vxlan", kind = Kind.REMOTE, help = "a VXLAN tunnel to IP-ADDRESS or IP-ADDRESS:PORT, port 4789 unless given; with --vni") Optional<String> vxlan,
        @Option(value = "vni", kind = Kind.COUNT, help = "the tunnel's network, 0..16777215") Optional<String> vni,
        @Option(value = "local", kind = Kind.ADDRESS, help = "this end: of a tunnel IP-ADDRESS or IP-ADDRESS:PORT, else any address and the remote's port; of a group the interface's IP-ADDRESS")
        Optional<String> local,
        @Option(value = "sim", help = "a port in memory; needs a switch with --datapath sim") boolean sim) {

    private static final String ONE = "exactly one of --netdev DEVICE, --tap NAME, --dgram LOCAL PEER, --stream ADDRESS, --stream-to ADDRESS, "
            + "--udp-multicast GROUP:PORT, --vxlan REMOTE, --sim";

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        netdev.ifPresent(device -> given.put("netdev", device));
        tap.ifPresent(device -> given.put("tap", device));
        dgram.ifPresent(addresses -> given.put("dgram", addresses));
        stream.ifPresent(address -> given.put("stream", address));
        streamTo.ifPresent(address -> given.put("stream-to", address));
        udpMulticast.ifPresent(group -> given.put("udp-multicast", group + local.map(address -> " local " + address).orElse("")));
        vxlan.ifPresent(remote -> given.put("vxlan", remote + " vni " + vni.orElse("") + local.map(address -> " local " + address).orElse("")));
        if (sim) {
            given.put("sim", null);
        }
        return given;
    }

    String kind() {
        int count = given().size();
        if (count != 1) {
            throw new Refusal("port:add: " + (count == 0 ? "no attachment" : count + " attachments") + " (expected: " + ONE + ")");
        }
        if (vxlan.isPresent() != vni.isPresent()) {
            throw new Refusal("port:add: " + (vni.isPresent() ? "--vni without --vxlan" : "--vxlan without --vni") + " (expected: --vxlan REMOTE --vni N)");
        }
        if (local.isPresent() && vxlan.isEmpty() && udpMulticast.isEmpty()) {
            throw new Refusal("port:add: --local (expected: with --vxlan or --udp-multicast only)");
        }
        return given().keySet().iterator().next();
    }

    /** Name of the device, or addresses; a simulated port has its own name. */
    String device(String port) {
        String device = given().get(kind());
        return device == null ? port : device;
    }
}
