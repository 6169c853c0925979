package org.vnetwork.shell.command;

import java.util.List;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Host;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PluginView;
import org.vnetwork.control.Swaps;

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

    /** engine:back. */
    @Does(value = "Gives a switch the engine back that it had before a swap which waits to be confirmed.", example = "engine:back sw1")
    public Change back(@Argument(value = Kind.SWITCH, help = "the switch") String switchName, Plan plan) {
        return plan.make(configuration, Swaps.backEngine(switchName));
    }

    /** engine:confirm. */
    @Does(value = "Makes a swap final that waits to be confirmed.", example = "engine:confirm sw1")
    public Change confirm(@Argument(value = Kind.SWITCH, help = "the switch") String switchName, Plan plan) {
        return plan.make(configuration, Swaps.confirmEngine(switchName));
    }

    /** engine:list. */
    @Does(value = "Lists the forwarding engines in all installed versions, and the switches that use them.", example = "engine:list")
    public List<PluginView> list() {
        return host.engines();
    }

    /** engine:swap. */
    @Does(value = "Gives a switch another engine, or another version of it, while traffic flows: tables are handed over, flows are decided again.",
            example = "engine:swap sw1 flood --confirm-within 60s")
    public Change swap(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.ENGINE, help = "the engine that takes over, NAME or NAME@VERSION; without a version the newest of now") String engine,
            Confirmation confirmation, Plan plan) {
        return plan.make(configuration, Swaps.engine(switchName, PluginDocument.parse("engine", engine), confirmation.until()));
    }
}
