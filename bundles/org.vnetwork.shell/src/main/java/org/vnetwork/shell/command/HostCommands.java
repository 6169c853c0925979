package org.vnetwork.shell.command;

import java.util.List;
import org.vnetwork.control.EventView;
import org.vnetwork.control.Host;
import org.vnetwork.control.HostView;

/** Commands on the host as a whole. */
@Scope("host")
public final class HostCommands {
    private final Host host;

    /** Commands on a host. */
    public HostCommands(Host host) {
        this.host = host;
    }

    /** host:status. */
    @Does(value = "Shows what runs, since when, and on which datapath.", example = "host:status")
    public HostView status() {
        return host.status();
    }

    /** host:events. */
    @Does(value = "Lists what happened lately, oldest first.", example = "host:events")
    public List<EventView> events() {
        return host.events();
    }
}
