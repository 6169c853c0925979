package org.vnetwork.core.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.control.Limit;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.Simulated;

/**
 * Divides what the loop can serve between the ports that send unknown frames up, so that no port's flood delays the frames of another.
 *
 * <p>All ports share one queue to the loop. While the loop keeps up, each port has the rate that is configured. When it is at work nearly all of the
 * time, the ports that send most get equal shares of less than it served, and those that send less are left alone. At the highest rate that can be
 * configured nothing is divided, so that the loop itself can be measured. Loop thread only.
 */
final class MissShares {
    /** How often the ports are looked at. */
    static final long PERIOD_NANOS = 250_000_000;
    /** Parts of the time that the loop is at work: above the first less is given away, below the second more. */
    private static final double BUSY = 0.8;
    private static final double IDLE = 0.6;
    private static final double LESS = 0.7;
    private static final double MORE = 1.5;
    /** Frames that wait for the loop at most when every busy port uses its burst up; the queue of a driver holds 4,096. */
    private static final int WAITING = 2048;
    /** What all ports together may always send up in a second, and what one may: a loop that was held up otherwise is not taken for a slow one. */
    private static final int LEAST_OF_ALL = 2000;
    private static final int LEAST = 50;

    private final Datapath datapath;
    private final Map<Integer, Port> ports = new LinkedHashMap<>();
    private MissLimit configured = MissLimit.PRESET;
    /** What all ports together may send up in a second; as much as they want while the loop keeps up. */
    private double given = Double.MAX_VALUE;
    private long framesBefore;
    private long busyBefore;
    private long sampledNanos;

    /** What one port sent when it was looked at last. */
    private static final class Port {
        private long sent;
        private long dropped;
        private double perSecond;
        private double wanted;
        private MissLimit limit;
    }

    MissShares(Datapath datapath) {
        this.datapath = datapath;
    }

    /** Sets what one port may send while there is enough for all. */
    void set(int perSecond, int burst) {
        configured = new MissLimit(perSecond, burst);
        ports.forEach((id, port) -> limit(id, port, configured));
    }

    /** A port was attached. */
    void add(int id) {
        limit(id, ports.computeIfAbsent(id, i -> new Port()), configured);
    }

    /** A port is gone. */
    void forget(int id) {
        ports.remove(id);
    }

    private void limit(int id, Port port, MissLimit limit) {
        if (!limit.equals(port.limit)) {
            port.limit = limit;
            datapath.limit(id, limit);
        }
    }

    /**
     * Looks at every port, and divides anew.
     *
     * @param framesSoFar that were served
     * @param busySoFar nanoseconds that the loop was at work
     */
    void divide(long framesSoFar, long busySoFar, long now) {
        long passed = now - sampledNanos;
        long frames = framesSoFar - framesBefore;
        long busyNanos = busySoFar - busyBefore;
        framesBefore = framesSoFar;
        busyBefore = busySoFar;
        sampledNanos = now;
        if (passed <= 0 || datapath instanceof Simulated) {
            // Simulated time stands still while the loop works: there is nothing to be measured.
            return;
        }
        datapath.misses(ports.keySet(), (id, up, dropped) -> sample(ports.get(id), up, dropped, passed));
        // NB: frames per time at work would not do as a measure: the fewer come at once, the more each of them costs.
        if (busyNanos > BUSY * passed) {
            given = Math.max(LEAST_OF_ALL, Math.min(given, frames * 1e9 / passed) * LESS);
        } else if (busyNanos < IDLE * passed) {
            given *= MORE;
        }
        share(configured.perSecond() == Limit.PORT_MISSES.most() ? new Share(Double.MAX_VALUE, 0) : shares());
    }

    private static void sample(Port port, long sent, long dropped, long passed) {
        port.perSecond = Math.max(0, sent - port.sent) * 1e9 / passed;
        port.wanted = port.perSecond + Math.max(0, dropped - port.dropped) * 1e9 / passed;
        port.sent = sent;
        port.dropped = dropped;
    }

    /** The largest rate such that all ports together, each with no more than this and than it wants, stay below what is given away. */
    private Share shares() {
        List<Double> wanted = ports.values().stream().map(p -> Math.min(p.wanted, configured.perSecond())).sorted().toList();
        double left = given;
        for (int i = 0; i < wanted.size(); i++) {
            double each = left / (wanted.size() - i);
            if (wanted.get(i) > each) {
                return new Share(each, wanted.size() - i);
            }
            left -= wanted.get(i);
        }
        given = Double.MAX_VALUE;
        return new Share(Double.MAX_VALUE, 0);
    }

    /** A rate and how many ports are held to it. */
    private record Share(double perSecond, int ports) {
    }

    private void share(Share share) {
        MissLimit less = share.ports > 0 ? new MissLimit(Math.clamp((long) share.perSecond, Math.min(LEAST, configured.perSecond()), configured.perSecond()),
                Math.clamp(WAITING / share.ports, 1, configured.burst())) : configured;
        ports.forEach((id, port) -> limit(id, port, port.wanted > share.perSecond ? less : configured));
    }

    /** The lowest rate that a port has now. */
    int perSecond() {
        return ports.values().stream().mapToInt(p -> p.limit.perSecond()).min().orElse(configured.perSecond());
    }

    /** The lowest burst that a port has now. */
    int burst() {
        return ports.values().stream().mapToInt(p -> p.limit.burst()).min().orElse(configured.burst());
    }

    /** Unknown frames of a port in the last second. */
    long rate(int id) {
        return ports.containsKey(id) ? Math.round(ports.get(id).perSecond) : 0;
    }

    /** As {@link #dropped}, when the ports were looked at last. */
    long droppedLately(int id) {
        boolean isSampled = !(datapath instanceof Simulated) && ports.containsKey(id);
        return isSampled ? ports.get(id).dropped : dropped(id);
    }

    /** Frames of a port that were dropped because it sent too many. */
    long dropped(int id) {
        return datapath.drops(id)[DropNumbers.MISS_LIMIT];
    }
}
