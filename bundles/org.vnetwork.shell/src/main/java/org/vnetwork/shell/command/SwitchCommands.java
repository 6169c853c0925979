package org.vnetwork.shell.command;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edits;
import org.vnetwork.control.Host;
import org.vnetwork.control.Limit;
import org.vnetwork.control.SwitchView;
import org.vnetwork.model.Refusal;
import org.vnetwork.shell.text.SwitchDetail;

/** Commands on switches as a whole. */
@Scope("switch")
public final class SwitchCommands {
    private static final String DEFAULT_ENGINE = "learning";
    private static final String FAIL = "without its engine: open, the built-in learning engine decides; closed, frames that no flow knows are dropped";
    private final Host host;
    private final Configuration configuration;

    /** Commands on the switches of a host. */
    public SwitchCommands(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
    }

    /** switch:create. */
    @Does(value = "Creates a switch without ports.", example = "switch:create sw1 --engine learning")
    public Change create(@Argument(value = Kind.NEW_NAME, help = "a name that no other switch has") String name,
            @Option(value = "engine", kind = Kind.ENGINE, help = "what forwards, NAME or NAME@VERSION; learning unless given") Optional<String> engine,
            @Option(value = "datapath", kind = Kind.DATAPATH, help = "where flows go; the host's default unless given") Optional<String> datapath,
            @Option(value = "fail", kind = Kind.FAILURE_POLICY, help = FAIL + "; closed unless given") Optional<String> fail,
            Plan plan) {
        return plan.make(configuration, Edits.createSwitch(name, engine.orElse(DEFAULT_ENGINE), datapath.orElseGet(host::defaultDatapath), Values.failOpen(fail.orElse("closed"))));
    }

    /** switch:set. */
    @Does(value = "Sets what becomes of frames that no flow knows while the engine of the switch is not installed. Installed flows go on either way.", example = "switch:set sw1 --fail open")
    public Change set(@Argument(value = Kind.SWITCH, help = "the switch") String name,
            @Option(value = "fail", kind = Kind.FAILURE_POLICY, help = FAIL) Optional<String> fail,
            Plan plan) {
        configuration.current().need(name);
        String policy = fail.orElseThrow(() -> new Refusal("switch:set: nothing to set (expected: --fail open or --fail closed)"));
        return plan.make(configuration, Edits.setFailOpen(name, Values.failOpen(policy)));
    }

    /** switch:list. */
    @Does(value = "Lists the switches.", example = "switch:list")
    public List<SwitchView> list() {
        return host.switches();
    }

    /** switch:show. */
    @Does(value = "Shows a switch and its ports.", example = "switch:show sw1")
    public SwitchDetail show(@Argument(value = Kind.SWITCH, help = "the switch") String name) {
        configuration.current().need(name);
        SwitchView view = host.switches().stream().filter(s -> s.name().equals(name)).findFirst()
                .orElseThrow(() -> new Refusal("switch: " + name + " is configured and does not run; host:events says why"));
        return new SwitchDetail(view, host.ports(name));
    }

    /** switch:limit. */
    @Does(value = "Sets limits of a switch, or shows them: what is used now, and how often each was reached. What is beyond a lowered limit goes.",
            example = "switch:limit sw1 --port-flows 20000")
    public Object limit(@Argument(value = Kind.SWITCH, help = "the switch") String name, LimitOptions limits, Plan plan) {
        Map<Limit, Integer> given = limits.given();
        configuration.current().need(name);
        if (!given.isEmpty()) {
            return plan.make(configuration, Edits.setLimits(name, given));
        }
        if (plan.only()) {
            throw new Refusal("switch:limit: nothing to set (expected: one or more of --" + Arrays.stream(Limit.values()).map(Limit::text).collect(Collectors.joining(", --")) + ")");
        }
        return host.limits(name);
    }

    /** switch:remove. */
    @Does(value = "Removes a switch with its ports, placed rows and flows. The network devices stay.", example = "switch:remove sw1 --plan")
    public Change remove(@Argument(value = Kind.SWITCH, help = "the switch") String name, Plan plan) {
        return plan.make(configuration, Edits.removeSwitch(name));
    }
}
