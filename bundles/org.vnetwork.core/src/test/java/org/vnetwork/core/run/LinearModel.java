package org.vnetwork.core.run;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.vnetwork.table.shared.Station;

/**
 * What a switch would do with one frame in one state, asked step by step as a reader of its configuration would: no masks, no flows, no tuples.
 *
 * @param ports by id, from 1
 * @param engine its name
 * @param rules that deny
 * @param closed services that rows deny
 * @param looks whether the engine {@code gate} looks at services
 * @param opened services that connections were made from
 * @param stations the port of each
 */
record LinearModel(List<Port> ports, String engine, List<Rule> rules, Set<Integer> closed, boolean looks, Set<Integer> opened, Map<Station, Integer> stations) {
    /** A port: its VLAN, whether it carries the other as well, and its filter's name, or none. */
    record Port(int vlan, boolean both, String filter) {
        boolean carries(int other) {
            return both || vlan == other;
        }
    }

    /** A rule that denies a service, or a source's everything; 0 for any. */
    record Rule(int id, int priority, int service, int source, boolean denies) {
        boolean meets(Sent frame) {
            return (service == 0 || service == frame.toService) && (source == 0 || source == frame.source);
        }
    }

    /** A frame: the port it comes in by, its stations by their last octet, its UDP ports. */
    record Sent(int ingress, int source, int destination, int fromService, int toService) {
        String text() {
            return "eth(src=02:00:00:00:00:%02x,dst=02:00:00:00:00:%02x) ipv4(src=10.0.0.%d) udp(src=%d,dst=%d)".formatted(source, destination, source, fromService, toService);
        }
    }

    static Station station(int vlan, int number) {
        return new Station(vlan, 0x0200_0000_0000L + number);
    }

    private boolean ruled(Sent frame) {
        return rules.stream().sorted(Comparator.comparingInt(Rule::priority).reversed().thenComparingInt(Rule::id)).filter(r -> r.meets(frame)).findFirst().map(Rule::denies).orElse(false);
    }

    private boolean rejected(String filter, boolean in, Sent frame) {
        return switch (filter) {
            case "rules" -> ruled(frame);
            case "closed" -> closed.contains(frame.toService);
            case "stateful" -> in && !opened.contains(frame.toService);
            default -> false;
        };
    }

    /** The ports that the frame leaves by. */
    Set<Integer> outputs(Sent frame) {
        Port source = ports.get(frame.ingress - 1);
        Set<Integer> all = new TreeSet<>();
        if (rejected(source.filter, true, frame)) {
            return all;
        }
        Integer known = engine.equals("learning") ? stations.get(station(source.vlan, frame.destination)) : null;
        boolean denied = switch (engine) {
            case "rules" -> ruled(frame);
            case "gate" -> looks && (closed.contains(frame.toService) || ruled(frame));
            default -> false;
        };
        for (int port = 1; port <= ports.size() && !denied; port++) {
            Port out = ports.get(port - 1);
            boolean wanted = port != frame.ingress && (known == null || known == port);
            if (wanted && out.carries(source.vlan) && !rejected(out.filter, false, frame)) {
                all.add(port);
            }
        }
        return all;
    }
}
