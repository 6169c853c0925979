package org.vnetwork.shell.text;

import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.vnetwork.control.DeviceOptions;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.TrialDocument;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortVlan;

/** Writes a configuration as the commands that make it: what is printed can be typed again. */
final class Commands {
    private Commands() {
    }

    static String of(HostDocument document) {
        StringBuilder text = new StringBuilder();
        for (SwitchDocument s : document.switches()) {
            text.append("switch:create ").append(s.name()).append(" --engine ").append(s.engine()).append(" --datapath ").append(s.datapath()).append(s.failOpen() ? " --fail open\n" : "\n");
            if (!s.limits().set().isEmpty()) {
                text.append("switch:limit ").append(s.name());
                s.limits().set().forEach((limit, value) -> text.append(" --").append(limit.text()).append(' ').append(value));
                text.append('\n');
            }
            waits(text, "engine", s.engine(), s.trial(), s.name());
            s.ports().forEach(port -> port(text, s.name(), port));
            s.rows().forEach(row -> row(text, s.name(), row));
        }
        return text.isEmpty() ? "# nothing is configured; switch:create makes a switch\n" : text.toString();
    }

    private static void port(StringBuilder text, String owner, PortDocument port) {
        text.append("port:add ").append(owner).append(' ').append(port.name()).append(" --").append(port.attachment());
        if (!port.attachment().equals("sim")) {
            // What a tunnel or a group has besides its address is options: vni 7, local 192.0.2.1.
            boolean named = port.attachment().equals("vxlan") || port.attachment().equals("udp-multicast");
            String[] words = port.device().split(" ");
            for (int i = 0; i < words.length; i++) {
                // A value that begins like an option stands behind an equals sign.
                text.append(named && i % 2 == 1 ? " --" : words[i].startsWith("-") ? "=" : " ").append(word(words[i]));
            }
        }
        text.append(vlan(port.vlan())).append(options(port.options())).append('\n');
        for (FilterDocument filter : port.filters()) {
            text.append("filter:add ").append(owner).append('/').append(port.name()).append(' ').append(filter.filter()).append(" --slot ").append(filter.slot())
                    .append(" --fail ").append(filter.failOpen() ? "open" : "closed").append('\n');
            waits(text, "filter", filter.filter(), filter.trial(), owner + "/" + port.name() + " " + filter.slot());
        }
    }

    /** What no command can make: a swap that waits, with the time that is left to it. */
    private static void waits(StringBuilder text, String kind, PluginDocument plugin, Optional<TrialDocument> trial, String words) {
        trial.ifPresent(t -> text.append("# ").append(plugin).append(" waits for ").append(kind).append(":confirm ").append(words).append(" until ")
                .append(t.until().truncatedTo(ChronoUnit.SECONDS)).append(", else ").append(t.base()).append(" comes back\n"));
    }

    private static String options(DeviceOptions options) {
        return (options.queues() == 1 ? "" : " --queues " + options.queues()) + (options.fast() == FastWay.AUTO ? "" : " --fast " + options.fast());
    }

    private static String vlan(PortVlan vlan) {
        if (vlan.mirror()) {
            return " --mirror";
        }
        String tags = vlan.service() ? " --service" : "";
        if (!vlan.trunk()) {
            return " --access " + vlan.untagged() + tags;
        }
        return " --trunk " + vlan.allowed() + (vlan.untagged() == 0 ? "" : " --native " + vlan.untagged()) + tags;
    }

    private static void row(StringBuilder text, String owner, RowDocument row) {
        text.append("table:put ").append(owner).append(' ').append(row.table()).append(' ').append(word(components(row.key()))).append(' ')
                .append(word(components(row.row()))).append('\n');
    }

    private static String components(Map<String, String> components) {
        return components.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }

    private static String word(String text) {
        return text.matches("[A-Za-z0-9_.,:/@+-][A-Za-z0-9_.,:=/#@+-]*") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
