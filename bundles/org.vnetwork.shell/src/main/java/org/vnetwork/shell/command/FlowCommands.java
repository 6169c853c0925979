package org.vnetwork.shell.command;

import java.util.Optional;
import org.vnetwork.control.FlowQuery;
import org.vnetwork.control.FlowView;
import org.vnetwork.control.Host;
import org.vnetwork.control.Page;
import org.vnetwork.control.TraceView;

/** Commands on flows. */
@Scope("flow")
public final class FlowCommands {
    private final Host host;

    /** Commands on the flows of a host. */
    public FlowCommands(Host host) {
        this.host = host;
    }

    /** flow:list. */
    @Does(value = "Lists the installed flows of a switch, the most used first. With more than 1,000 flows, counters are up to a second old.", example = "flow:list sw1 --port web1")
    public Page<FlowView> list(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Option(value = "port", kind = Kind.PORT, help = "only flows of frames that come in by this port") Optional<String> port,
            @Option(value = "draining", help = "only flows that are about to go") boolean draining, Range range) {
        return host.flows(switchName, new FlowQuery(port.orElse(""), draining, range.first(), range.most()));
    }

    /** flow:show. */
    @Does(value = "Shows a flow: its match, actions and counters, the rows it depends on, the rows its traffic keeps young.", example = "flow:show sw1 1")
    public FlowView show(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.FLOW, help = "id of the flow, from flow:list") String id) {
        return host.flow(switchName, Values.number("flow", id, 0, Integer.MAX_VALUE));
    }

    /** flow:trace. */
    @Does(value = "Runs a frame through the pipeline without sending it: each stage with the fields and rows it reads, what it would write, its verdict and why.",
            example = "flow:trace sw1 --in web1 'eth(dst=02:00:00:00:00:02) ipv4(dst=10.0.0.2) tcp(dst=80)'")
    public TraceView trace(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Option(value = "in", kind = Kind.PORT, required = true, help = "the port that the frame comes in by") String port,
            @Argument(value = Kind.FRAME, help = "the frame in the console's notation, in quotes") String frame) {
        return host.trace(switchName, port, Frames.octets(frame));
    }
}
