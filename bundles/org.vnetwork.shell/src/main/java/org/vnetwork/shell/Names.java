package org.vnetwork.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Host;
import org.vnetwork.control.PluginView;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.SwitchView;
import org.vnetwork.model.FastWay;
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

    Names(Host host, Configuration configuration) {
        this.host = host;
        this.configuration = configuration;
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
                case ENGINE -> plugins(host.engines());
                case FILTER -> plugins(host.filters());
                case DATAPATH -> plugins(host.datapaths());
                case DEVICE -> devices();
                case TABLE -> answers(switchName) ? host.tableTypes(switchName).stream().map(t -> t.replaceFirst("/.*", "")).toList() : List.of();
                case FLOW -> answers(switchName) ? host.flowIds(switchName, typed, MOST_FLOWS).stream().map(String::valueOf).toList() : List.of();
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

    private boolean answers(String switchName) {
        return host.state(switchName).equals(SwitchView.READY);
    }

    private static List<String> plugins(List<PluginView> plugins) {
        return plugins.stream().map(PluginView::name).toList();
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
