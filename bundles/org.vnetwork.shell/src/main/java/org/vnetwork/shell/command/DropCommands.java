package org.vnetwork.shell.command;

import java.util.List;
import java.util.Optional;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Host;
import org.vnetwork.shell.text.InSwitch;

/** Commands on drop counters. */
@Scope("drops")
public final class DropCommands {
    private final Host host;
    private final Configuration configuration;

    /** Commands on the drops of a host. */
    public DropCommands(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
    }

    /** drops:list. */
    @Does(value = "Lists what was dropped, by port and reason, of one switch or of all.", example = "drops:list sw1")
    public List<InSwitch> list(@Argument(value = Kind.SWITCH, help = "only this switch") Optional<String> switchName) {
        return InSwitch.each(host, configuration.current(), switchName, host::drops);
    }

    /** drops:reset. */
    @Does(value = "Begins the counting of a switch's drops anew.", example = "drops:reset sw1")
    public void reset(@Argument(value = Kind.SWITCH, help = "the switch") String switchName) {
        host.resetDrops(switchName);
    }
}
