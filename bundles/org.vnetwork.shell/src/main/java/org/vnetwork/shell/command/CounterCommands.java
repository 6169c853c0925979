package org.vnetwork.shell.command;

import java.util.List;
import java.util.Optional;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Host;
import org.vnetwork.shell.text.InSwitch;

/** Commands on counters of plugins. */
@Scope("counter")
public final class CounterCommands {
    private final Host host;
    private final Configuration configuration;

    /** Commands on the counters of a host. */
    public CounterCommands(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
    }

    /** counter:list. */
    @Does(value = "Lists what plugins count, frames and octets on the wire, of one switch or of all.", example = "counter:list sw1")
    public List<InSwitch> list(@Argument(value = Kind.SWITCH, help = "only this switch") Optional<String> switchName) {
        return InSwitch.each(host, configuration.current(), switchName, host::counters);
    }
}
