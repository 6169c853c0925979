package org.vnetwork.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.vnetwork.control.ColumnView;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Host;
import org.vnetwork.control.PluginView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.SwitchView;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.shell.command.Kind;

/** The names that exist on a host, for completion. */
final class Names {
    /** A line for each network device of this namespace, behind two lines of header (proc_net(5)). */
    private static final Path DEVICES = Path.of("/proc/net/dev");
    /** Ids of flows that are offered; more digits offer others. */
    private static final int MOST_FLOWS = 100;

    private final Host host;
    private final Configuration configuration;
    private final BundleContext context;

    Names(Host host, Configuration configuration, BundleContext context) {
        this.host = host;
        this.configuration = configuration;
        this.context = context;
    }

    /**
     * Names of a kind; none of what a switch would have to tell that does not answer.
     *
     * @param switchName the switch that was typed before, or empty
     * @param typed what the name begins with; names of which there may be very many are offered by it
     */
    List<String> of(Kind kind, String switchName, String typed) {
        try {
            return switch (kind) {
                case SWITCH -> configuration.current().switches().stream().map(SwitchDocument::name).toList();
                case PORT -> configuration.current().need(switchName).ports().stream().map(PortDocument::name).toList();
                case HOST_PORT -> configuration.current().switches().stream()
                        .flatMap(s -> s.ports().stream().map(p -> s.name() + "/" + p.name())).toList();
                case ENGINE -> plugins(host.engines(), typed);
                case FILTER -> plugins(host.filters(), typed);
                case DATAPATH -> host.datapaths().stream().map(PluginView::name).toList();
                case DEVICE -> devices();
                case TABLE -> answers(switchName) ? host.tableTypes(switchName).stream().map(t -> t.replaceFirst("/.*", "")).toList() : List.of();
                case FLOW -> answers(switchName) ? host.flowIds(switchName, typed, MOST_FLOWS).stream().map(String::valueOf).toList() : List.of();
                case VLAN -> vlans(switchName).map(PortVlan::untagged).filter(v -> v != 0).distinct().map(String::valueOf).toList();
                case VLANS -> Stream.concat(Stream.of("all"), vlans(switchName).filter(v -> v.trunk() && !v.mirror()).map(v -> v.allowed().toString())).distinct().toList();
                case BUNDLE -> Arrays.stream(context.getBundles()).map(Bundle::getSymbolicName).filter(Objects::nonNull).distinct().sorted().toList();
                case RULES -> answers(switchName) ? host.rules(switchName).stream().map(r -> r.table().replaceFirst("/.*", "")).distinct().toList() : List.of();
                case SLOT -> IntStream.rangeClosed(1, PortDocument.SLOTS).mapToObj(String::valueOf).toList();
                case FAILURE_POLICY -> List.of("open", "closed");
                case FAST_WAY -> Arrays.stream(FastWay.values()).map(FastWay::toString).toList();
                case FRAME -> List.of("'eth(");
                default -> List.of();
            };
        } catch (Refusal e) {
            // What was typed before does not exist: nothing to offer.
            return List.of();
        }
    }

    /**
     * How a key or row can go on: the name of a component that is not there yet, or what the last one can be; nothing while the switch does not answer.
     *
     * @param typed of it
     */
    List<String> components(String switchName, String table, boolean key, String typed) {
        List<ColumnView> columns;
        try {
            columns = !answers(switchName) ? List.of() : host.columns(switchName, table).stream().filter(c -> c.key() == key).toList();
        } catch (Refusal e) {
            return List.of();
        }
        List<String> parts = RowDocument.split(typed, ",");
        String last = parts.getLast();
        String before = typed.substring(0, typed.length() - last.length());
        int equals = last.indexOf('=');
        if (equals >= 0) {
            String name = last.substring(0, equals);
            return columns.stream().filter(c -> c.name().equals(name)).flatMap(c -> c.values().stream()).map(v -> before + name + "=" + v).toList();
        }
        return columns.stream().map(ColumnView::name).filter(n -> parts.stream().noneMatch(p -> p.startsWith(n + "="))).map(n -> before + n + "=").toList();
    }

    /** Memberships of the ports of a switch; TAB offers what others have. */
    private Stream<PortVlan> vlans(String switchName) {
        return configuration.current().need(switchName).ports().stream().map(PortDocument::vlan);
    }

    private boolean answers(String switchName) {
        return host.state(switchName).equals(SwitchView.READY);
    }

    /** Those that can be had, by name; with versions where there are several, or one is being typed. */
    private static List<String> plugins(List<PluginView> plugins, String typed) {
        List<PluginView> had = plugins.stream().filter(p -> List.of(PluginView.IN_USE, PluginView.STANDBY, PluginView.CONFIRMING).contains(p.state())).toList();
        return had.stream().flatMap(p -> {
            boolean versions = typed.startsWith(p.name() + "@") || had.stream().filter(other -> other.name().equals(p.name())).count() > 1;
            return versions ? Stream.of(p.name(), p.name() + "@" + p.version()) : Stream.of(p.name());
        }).distinct().toList();
    }

    private static List<String> devices() {
        try {
            // NB: not as lines of a file: one name that is no UTF-8 would end the reading.
            return new String(Files.readAllBytes(DEVICES), StandardCharsets.UTF_8).lines().skip(2).map(line -> line.substring(0, line.indexOf(':')).strip()).filter(n -> !n.equals("lo"))
                    .sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
