package org.vnetwork.shell.command;

import java.util.List;
import java.util.Optional;
import org.vnetwork.control.Host;
import org.vnetwork.control.RuleView;

/** Commands on the rules of engines and filters. */
@Scope("rule")
public final class RuleCommands {
    private final Host host;

    /** Commands on the rules of a host. */
    public RuleCommands(Host host) {
        this.host = host;
    }

    /** rule:list. */
    @Does(value = "Lists the rules of a switch's engine and filters in the order in which they are asked, and how many flows each decided.", example = "rule:list sw1")
    public List<RuleView> list(@Argument(value = Kind.SWITCH, help = "the switch") String switchName,
            @Argument(value = Kind.RULES, help = "only rules of this data type, as com.acme.policy or com.acme.policy/1") Optional<String> table) {
        return host.rules(switchName).stream().filter(r -> table.isEmpty() || r.table().equals(table.get()) || r.table().startsWith(table.get() + "/")).toList();
    }
}
