package org.vnetwork.shell.command;

import java.util.List;
import java.util.Optional;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Host;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.Swaps;
import org.vnetwork.shell.text.FilterSlot;

/** Commands on packet filters. */
@Scope("filter")
public final class FilterCommands {
    private static final String PORT = "the port, as PORT where only one switch has it, else SWITCH/PORT";
    private static final String SLOT = "the slot, 1..16";
    private final Host host;
    private final Configuration configuration;

    /** Commands on the filters of a host. */
    public FilterCommands(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
    }

    /** filter:add. */
    @Does(value = "Puts a filter into a slot of a port. Frames pass slots in ascending order on the way in, in descending order on the way out.",
            example = "filter:add sw1/web1 count --fail closed")
    public Change add(@Argument(value = Kind.HOST_PORT, help = PORT) String port,
            @Argument(value = Kind.FILTER, help = "the filter, NAME or NAME@VERSION; without a version the newest of now") String filter,
            @Option(value = "slot", kind = Kind.SLOT, help = "1..16; the lowest free one unless given") Optional<String> slot,
            @Option(value = "fail", kind = Kind.FAILURE_POLICY, help = "whether frames pass when the filter fails; closed unless given") Optional<String> fail,
            Plan plan) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        int number = slot.map(FilterCommands::slot).orElse(0);
        return plan.make(configuration, Edits.addFilter(place.switchName(), place.port(), filter, number, Values.failOpen(fail.orElse("closed"))));
    }

    /** filter:back. */
    @Does(value = "Gives a slot the filter back that it had before a swap which waits to be confirmed.", example = "filter:back sw1/web1 1")
    public Change back(@Argument(value = Kind.HOST_PORT, help = PORT) String port, @Argument(value = Kind.SLOT, help = SLOT) String slot, Plan plan) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        return plan.make(configuration, Swaps.backFilter(place.switchName(), place.port(), slot(slot)));
    }

    /** filter:confirm. */
    @Does(value = "Makes a swap final that waits to be confirmed.", example = "filter:confirm sw1/web1 1")
    public Change confirm(@Argument(value = Kind.HOST_PORT, help = PORT) String port, @Argument(value = Kind.SLOT, help = SLOT) String slot, Plan plan) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        return plan.make(configuration, Swaps.confirmFilter(place.switchName(), place.port(), slot(slot)));
    }

    /** filter:list. */
    @Does(value = "Lists the filters in all installed versions, and the ports that use them; with a port, the slots of this port.", example = "filter:list sw1/web1")
    public List<?> list(@Argument(value = Kind.HOST_PORT, help = "the slots of this port") Optional<String> port) {
        return port.isPresent() ? slots(port.get()) : host.filters();
    }

    private List<FilterSlot> slots(String port) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        List<String> shown = host.ports(place.switchName()).stream().filter(p -> p.name().equals(place.port())).flatMap(p -> p.filters().stream()).toList();
        return configuration.current().need(place.switchName()).need(place.port()).filters().stream().map(slot -> FilterSlot.of(slot, shown)).toList();
    }

    /** filter:remove. */
    @Does(value = "Empties a slot of a port.", example = "filter:remove sw1/web1 1")
    public Change remove(@Argument(value = Kind.HOST_PORT, help = PORT) String port,
            @Argument(value = Kind.SLOT, help = SLOT) String slot, Plan plan) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        return plan.make(configuration, Edits.removeFilter(place.switchName(), place.port(), slot(slot)));
    }

    /** filter:swap. */
    @Does(value = "Puts another filter, or another version of it, into a slot while traffic flows: its flows are decided again.", example = "filter:swap sw1/web1 1 count --confirm-within 60s")
    public Change swap(@Argument(value = Kind.HOST_PORT, help = PORT) String port, @Argument(value = Kind.SLOT, help = SLOT) String slot,
            @Argument(value = Kind.FILTER, help = "the filter that takes over, NAME or NAME@VERSION; without a version the newest of now") String filter,
            Confirmation confirmation, Plan plan) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        return plan.make(configuration, Swaps.filter(place.switchName(), place.port(), slot(slot), PluginDocument.parse("filter", filter), confirmation.until()));
    }

    private static int slot(String text) {
        return Values.number("slot", text, 1, PortDocument.SLOTS);
    }
}
