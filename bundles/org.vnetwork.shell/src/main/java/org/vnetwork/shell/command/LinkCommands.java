package org.vnetwork.shell.command;

import org.vnetwork.control.Simulation;

/** Commands on the links of simulated ports. */
@Scope("link")
public final class LinkCommands {
    private final Simulation simulation;

    /** Commands on the simulated links of a host. */
    public LinkCommands(Simulation simulation) {
        this.simulation = simulation;
    }

    /** link:down. */
    @Does(value = "Takes the link of a simulated port down: no frame comes in or goes out. What was learned by the port is forgotten.", example = "link:down sw1 web1")
    public void down(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.PORT, help = "the port") String port) {
        simulation.link(switchName, port, false);
    }

    /** link:up. */
    @Does(value = "Brings the link of a simulated port up again.", example = "link:up sw1 web1")
    public void up(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.PORT, help = "the port") String port) {
        simulation.link(switchName, port, true);
    }
}
