package org.vnetwork.shell.command;

import java.util.List;
import java.util.Optional;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.DeviceOptions;
import org.vnetwork.control.Edit;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Host;
import org.vnetwork.control.PortView;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.Refusal;
import org.vnetwork.shell.text.InSwitch;

/** Commands on ports. */
@Scope("port")
public final class PortCommands {
    private static final String FAST = "whether frames go to a veth's station around the device: auto while nothing looks there, on always, off never";
    private final Host host;
    private final Configuration configuration;

    /** Commands on the ports of a host. */
    public PortCommands(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
    }

    /** port:add. */
    @Does(value = "Adds a port: exactly one of --netdev, --tap, --dgram, --stream, --stream-to, --udp-multicast, --vxlan and --sim. It is an access port in VLAN 1 unless --access, --trunk or --mirror is given.",
            example = "port:add sw1 web1 --netdev web1h --access 10")
    public Change add(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.NEW_NAME, help = "a name that no other port of the switch has") String port,
            AttachmentOptions attachment, VlanOptions vlans,
            @Option(value = "queues", kind = Kind.COUNT, help = "with --tap: how many queues its owner opens; 1 unless given") Optional<String> queues,
            @Option(value = "fast", kind = Kind.FAST_WAY, help = FAST) Optional<String> fast, Plan plan) {
        DeviceOptions device = new DeviceOptions(queues.map(q -> Values.number("queues", q, 1, DeviceOptions.MOST_QUEUES)).orElse(1), fast.map(FastWay::of).orElse(FastWay.AUTO));
        return plan.make(configuration, Edits.addPort(switchName, port, attachment.kind(), attachment.device(port), vlans.vlan(), device));
    }

    /** port:list. */
    @Does(value = "Lists the ports of one switch, or of all.", example = "port:list sw1")
    public List<InSwitch> list(@Argument(value = Kind.SWITCH, help = "only this switch") Optional<String> switchName) {
        return InSwitch.each(host, configuration.current(), switchName, host::ports);
    }

    /** port:show. */
    @Does(value = "Shows a port with all its counters.", example = "port:show sw1 web1")
    public PortView show(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.PORT, help = "the port") String port) {
        SwitchDocument owner = configuration.current().need(switchName);
        String name = owner.need(port).name();
        return host.ports(switchName).stream().filter(p -> p.name().equals(name)).findFirst()
                .orElseThrow(() -> new Refusal("port: " + port + " is configured and does not run; host:events says why"));
    }

    /** port:set. */
    @Does(value = "Puts a port into other VLANs, or says which way frames go to the station behind it. Its flows are decided again; nothing is flushed.", example = "port:set sw1 web1 --trunk 10,20 --native 1")
    public Change set(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.PORT, help = "the port") String port, VlanOptions vlans,
            @Option(value = "fast", kind = Kind.FAST_WAY, help = FAST) Optional<String> fast, Plan plan) {
        if (!vlans.given() && fast.isEmpty()) {
            throw new Refusal("port:set: nothing to set (expected: --access VLAN, or --trunk VLANS [--native VLAN], or --mirror, or --fast auto|on|off)");
        }
        Edit edit = vlans.given() ? Edits.setVlan(switchName, port, vlans.vlan()) : document -> document;
        return plan.make(configuration, fast.map(way -> edit.and(Edits.setFast(switchName, port, FastWay.of(way)))).orElse(edit));
    }

    /** port:remove. */
    @Does(value = "Removes a port. Flows to it are revoked; the network device stays.", example = "port:remove sw1 web1")
    public Change remove(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.PORT, help = "the port") String port, Plan plan) {
        return plan.make(configuration, Edits.removePort(switchName, port));
    }
}
