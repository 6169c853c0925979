package org.vnetwork.core.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissLimit;

/**
 * Divides what the loop can serve between the ports that send unknown frames up, so that no port's flood delays the frames of another.
 *
 * <p>All ports share one queue to the loop. While the loop keeps up, each port has the rate that is configured. When the ports together send more
 * than the loop was measured to serve, those that send most get equal shares of it, and those that send less are left alone. Loop thread only.
 */
final class MissShares {
    /** Part of what the loop can serve that is given away, so that the queue stays short. */
    private static final double GIVEN = 0.7;
    /** Part of the time that the loop must be at work for its speed to be measured. */
    private static final double AT_WORK = 0.2;
    /** Frames that wait for the loop at most when every busy port uses its burst up; the queue of a driver holds 4,096. */
    private static final int WAITING = 2048;
    private static final int LEAST = 50;
    private static final int SMOOTHING = 4;

    private final Datapath datapath;
    private final Map<Integer, Port> ports = new LinkedHashMap<>();
    private MissLimit configured = MissLimit.PRESET;
    private double served = Double.MAX_VALUE;
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
     * @param frames that came up since the last time
     * @param busyNanos that the loop was at work since then
     */
    void divide(long frames, long busyNanos, long now) {
        long passed = now - sampledNanos;
        if (passed <= 0) {
            return;
        }
        sampledNanos = now;
        ports.forEach((id, port) -> sample(port, datapath.counters(id).up(), datapath.drops(id)[DropNumbers.MISS_LIMIT], passed));
        if (busyNanos > AT_WORK * passed && frames > 0) {
            double speed = frames * 1e9 / busyNanos;
            served = served == Double.MAX_VALUE ? speed : served + (speed - served) / SMOOTHING;
        }
        share(shares());
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
        double left = served * GIVEN;
        for (int i = 0; i < wanted.size(); i++) {
            double each = left / (wanted.size() - i);
            if (wanted.get(i) > each) {
                return new Share(each, wanted.size() - i);
            }
            left -= wanted.get(i);
        }
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

    /** Frames of a port that were dropped because it sent too many. */
    long dropped(int id) {
        return datapath.drops(id)[DropNumbers.MISS_LIMIT];
    }
}
