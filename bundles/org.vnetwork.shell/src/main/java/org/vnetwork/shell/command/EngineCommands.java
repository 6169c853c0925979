package org.vnetwork.shell.command;

import java.util.List;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Host;
import org.vnetwork.control.PluginView;

/** Commands on forwarding engines. */
@Scope("engine")
public final class EngineCommands {
    private final Host host;
    private final Configuration configuration;

    /** Commands on the engines of a host. */
    public EngineCommands(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
    }

    /** engine:list. */
    @Does(value = "Lists the installed forwarding engines and the switches that use them.", example = "engine:list")
    public List<PluginView> list() {
        return host.engines();
    }

    /** engine:swap. */
    @Does(value = "Gives a switch another engine while traffic flows: tables are handed over, flows are decided again.", example = "engine:swap sw1 flood")
    public Change swap(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.ENGINE, help = "the engine that takes over") String engine, Plan plan) {
        return plan.make(configuration, Edits.swapEngine(switchName, engine));
    }
}
