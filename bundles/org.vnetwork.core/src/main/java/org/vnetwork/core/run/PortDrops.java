package org.vnetwork.core.run;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DropNumbers;

/**
 * Drops of attached ports as they are shown: since the last reset, and of a number only what was counted for the reason that has it now.
 *
 * <p>Drivers count for each port by number, and their counts only grow. What was counted for an earlier reason of a number stands in the journal, as the drivers' counts may outlive the process.
 * Loop thread only.
 */
final class PortDrops {
    private static final Shown NOTHING = new Shown(new long[0], 0);

    private final Datapath datapath;
    private final Journal journal;
    private final ByteBuffer buffer = Journal.buffer();
    private final Map<Integer, Port> ports = new HashMap<>();

    /** One port, or what an earlier process kept of it. */
    private static final class Port {
        private boolean attached;
        private final long[] atReset = new long[DropNumbers.LIMIT];
        /** What was counted by number before the reason that has it now, and where that stands in the journal. */
        private final long[] former = new long[DropNumbers.LIMIT];
        private final int[] places = new int[DropNumbers.LIMIT];
        /** What the driver said when it was asked for all ports. */
        private long[] last = new long[DropNumbers.LIMIT];

        Port() {
            java.util.Arrays.fill(places, Journal.NOWHERE);
        }

        long shown(int number, long count) {
            return count - Math.max(former[number], atReset[number]);
        }
    }

    /**
     * Drops of one port.
     *
     * @param byNumber by number of the reason
     * @param forgotten of reasons that have no number any more, together
     */
    record Shown(long[] byNumber, long forgotten) {
    }

    /** Of a switch; what an earlier process kept is found in the journal. */
    PortDrops(Datapath datapath, Journal journal) {
        this.datapath = datapath;
        this.journal = journal;
        for (Journal.Found found : journal.take(Journal.Kind.DROPS)) {
            Port port = ports.computeIfAbsent(found.octets().getInt(), id -> new Port());
            int number = found.octets().getInt();
            port.former[number] = found.a();
            port.places[number] = found.at();
        }
    }

    /** The datapath counts at this port from now on, or goes on to. */
    void attached(int id) {
        Port port = ports.get(id);
        if (port != null && anew(port, datapath.drops(id))) {
            detached(id);
        }
        ports.computeIfAbsent(id, i -> new Port()).attached = true;
    }

    /** Whether the driver's counts began anew since the port was known. */
    private static boolean anew(Port port, long[] counts) {
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] < port.former[i]) {
                return true;
            }
        }
        return false;
    }

    /** The datapath counts at this port no more. */
    void detached(int id) {
        Port port = ports.remove(id);
        if (port != null) {
            for (int place : port.places) {
                journal.free(place);
            }
        }
    }

    /** Forgets what an earlier process knew of other ports. */
    void keepOnly(Set<Integer> ids) {
        List.copyOf(ports.keySet()).stream().filter(id -> !ids.contains(id)).forEach(this::detached);
    }

    /** What a port shows; nothing while it is not attached. */
    Shown shown(int id) {
        Port port = ports.get(id);
        if (port == null || !port.attached) {
            return NOTHING;
        }
        long[] drops = datapath.drops(id);
        long forgotten = 0;
        for (int i = 0; i < drops.length; i++) {
            drops[i] = port.shown(i, drops[i]);
            forgotten += Math.max(0, port.former[i] - port.atReset[i]);
        }
        return new Shown(drops, forgotten);
    }

    /** Begins the counting of a port anew. */
    void reset(int id) {
        Port port = ports.get(id);
        if (port != null && port.attached) {
            System.arraycopy(datapath.drops(id), 0, port.atReset, 0, DropNumbers.LIMIT);
        }
    }

    /** Asks the driver for all ports; says what they show together, by number. */
    long[] read() {
        long[] sum = new long[DropNumbers.LIMIT];
        ports.forEach((id, port) -> {
            if (port.attached) {
                port.last = datapath.drops(id);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += port.shown(i, port.last[i]);
                }
            }
        });
        return sum;
    }

    /** What was counted for a number until it was {@link #read} last is no longer its reason's. */
    void forget(int number) {
        ports.forEach((id, port) -> {
            if (port.attached && port.last[number] > port.former[number]) {
                port.former[number] = port.last[number];
                keep(id, port, number);
            }
        });
    }

    private void keep(int id, Port port, int number) {
        if (port.places[number] == Journal.NOWHERE) {
            port.places[number] = journal.put(Journal.Kind.DROPS, buffer.clear().putInt(id).putInt(number).flip(), port.former[number], 0);
        } else {
            journal.set(port.places[number], port.former[number], 0);
        }
    }
}
