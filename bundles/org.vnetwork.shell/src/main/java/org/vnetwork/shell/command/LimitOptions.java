package org.vnetwork.shell.command;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.vnetwork.control.Limit;

/**
 * Limits of a switch, as typed; those that are not given stay.
 *
 * @param flows as {@link Limit#FLOWS}; the others likewise, each named as its limit
 */
public record LimitOptions(
        @Option(value = "flows", kind = Kind.COUNT, help = "most flows of the switch") Optional<String> flows,
        @Option(value = "port-flows", kind = Kind.COUNT, help = "most flows of one ingress port") Optional<String> portFlows,
        @Option(value = "port-masks", kind = Kind.COUNT, help = "most different masks of the flows of one port") Optional<String> portMasks,
        @Option(value = "port-rows", kind = Kind.COUNT, help = "most learned rows of one table that name one port") Optional<String> portRows,
        @Option(value = "port-misses", kind = Kind.COUNT, help = "unknown frames that one port may send up in a second") Optional<String> portMisses,
        @Option(value = "port-burst", kind = Kind.COUNT, help = "unknown frames that one port may send up at once") Optional<String> portBurst,
        @Option(value = "moves", kind = Kind.COUNT, help = "moves of a station between ports in ten seconds") Optional<String> moves,
        @Option(value = "drain-ms", kind = Kind.COUNT, help = "milliseconds that a flow goes on which gives way to others; 0: none") Optional<String> drain) {

    /** What is given, checked. */
    Map<Limit, Integer> given() {
        Map<Limit, Integer> given = new EnumMap<>(Limit.class);
        put(given, Limit.FLOWS, flows);
        put(given, Limit.PORT_FLOWS, portFlows);
        put(given, Limit.PORT_MASKS, portMasks);
        put(given, Limit.PORT_ROWS, portRows);
        put(given, Limit.PORT_MISSES, portMisses);
        put(given, Limit.PORT_BURST, portBurst);
        put(given, Limit.MOVES, moves);
        put(given, Limit.DRAIN, drain);
        return given;
    }

    private static void put(Map<Limit, Integer> given, Limit limit, Optional<String> text) {
        text.ifPresent(t -> given.put(limit, Values.number("--" + limit.text(), t, limit.least(), limit.most())));
    }
}
