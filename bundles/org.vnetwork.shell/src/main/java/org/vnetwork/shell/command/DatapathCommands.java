package org.vnetwork.shell.command;

import java.util.List;
import org.vnetwork.control.DatapathView;
import org.vnetwork.control.Host;
import org.vnetwork.control.PluginView;

/** Commands on datapath drivers. */
@Scope("datapath")
public final class DatapathCommands {
    private final Host host;

    /** Commands on the drivers of a host. */
    public DatapathCommands(Host host) {
        this.host = host;
    }

    /** datapath:list. */
    @Does(value = "Lists the installed datapath drivers, and why one cannot be used here.", example = "datapath:list")
    public List<PluginView> list() {
        return host.datapaths();
    }

    /** datapath:show. */
    @Does(value = "Shows what a datapath driver can do: ports, fields that flows compare and set, actions, bounds.", example = "datapath:show sim")
    public DatapathView show(@Argument(value = Kind.DATAPATH, help = "the driver") String datapath) {
        return host.datapath(datapath);
    }
}
