package org.vnetwork.shell.command;

import org.vnetwork.control.Simulation;
import org.vnetwork.shell.text.Clock;

/** Commands on the clock of a simulated switch. */
@Scope("clock")
public final class ClockCommands {
    private final Simulation simulation;

    /** Commands on the simulated clocks of a host. */
    public ClockCommands(Simulation simulation) {
        this.simulation = simulation;
    }

    /** clock:show. */
    @Does(value = "Shows the clock of a simulated switch. It stands still until it is warped.", example = "clock:show sw1")
    public Clock show(@Argument(value = Kind.SWITCH, help = "the switch") String switchName) {
        return new Clock(simulation.clock(switchName).toMillis());
    }

    /** clock:warp. */
    @Does(value = "Moves the clock of a simulated switch forward, and returns when all that was due is done.", example = "clock:warp sw1 300s")
    public Clock warp(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.DURATION, help = "a number and a unit: 500ms, 10s, 5m, 1h") String duration) {
        simulation.warp(switchName, Values.duration(duration));
        return show(switchName);
    }
}
