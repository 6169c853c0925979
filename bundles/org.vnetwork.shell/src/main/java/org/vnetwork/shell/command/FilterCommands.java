package org.vnetwork.shell.command;

import java.util.List;
import java.util.Optional;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Host;
import org.vnetwork.control.PortDocument;
import org.vnetwork.shell.text.FilterSlot;

/** Commands on packet filters. */
@Scope("filter")
public final class FilterCommands {
    private static final String PORT = "the port, as PORT where only one switch has it, else SWITCH/PORT";
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
            @Argument(value = Kind.FILTER, help = "the filter") String filter,
            @Option(value = "slot", kind = Kind.SLOT, help = "1..16; the lowest free one unless given") Optional<String> slot,
            @Option(value = "fail", kind = Kind.FAILURE_POLICY, help = "whether frames pass when the filter fails; closed unless given") Optional<String> fail,
            Plan plan) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        int number = slot.map(s -> Values.number("slot", s, 1, PortDocument.SLOTS)).orElse(0);
        return plan.make(configuration, Edits.addFilter(place.switchName(), place.port(), filter, number, Values.failOpen(fail.orElse("closed"))));
    }

    /** filter:list. */
    @Does(value = "Lists the installed filters and the ports that use them; with a port, the slots of this port.", example = "filter:list sw1/web1")
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
            @Argument(value = Kind.SLOT, help = "the slot, 1..16") String slot, Plan plan) {
        Values.HostPort place = Values.hostPort(port, configuration.current());
        int number = Values.number("slot", slot, 1, PortDocument.SLOTS);
        return plan.make(configuration, Edits.removeFilter(place.switchName(), place.port(), number));
    }
}
