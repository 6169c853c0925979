package org.vnetwork.core.run;

import java.time.Duration;
import java.util.List;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.model.Refusal;

/** Injecting, capturing and moving time on a simulated datapath; any thread. */
public final class SimulatedSide {
    private static final Duration LONGEST = Duration.ofDays(1);

    private final VirtualSwitch home;

    SimulatedSide(VirtualSwitch home) {
        this.home = home;
    }

    /** Has a port receive a frame; returns when all that follows is done. */
    public void inject(String port, byte[] frame) {
        Simulated simulated = simulated();
        home.onLoop(() -> {
            simulated.inject(id(port), frame);
            settle();
            return null;
        });
    }

    /** Frames sent out of a port since the last call. */
    public List<byte[]> captured(String port) {
        Simulated simulated = simulated();
        return home.onLoop(() -> simulated.captured(id(port)));
    }

    /** Takes the link of a port down, or up again; returns when all that follows is done. */
    public void link(String port, boolean up) {
        Simulated simulated = simulated();
        home.onLoop(() -> {
            simulated.link(id(port), up);
            home.watch.look();
            settle();
            return null;
        });
    }

    /** Moves the clock, stopping wherever something is due. */
    public void warp(Duration duration) {
        Simulated simulated = simulated();
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            throw Refusal.value("time", duration, "0 s to 24 h");
        }
        home.onLoop(() -> {
            long left = duration.toNanos();
            while (left > 0) {
                long next = Math.clamp(home.timers.nextIn(home.datapath.nanoTime()), 1, left);
                simulated.warp(Duration.ofNanos(next));
                left -= next;
                settle();
            }
            return null;
        });
    }

    /** What the clock shows since the switch was made. */
    public Duration clock() {
        simulated();
        return Duration.ofNanos(home.datapath.nanoTime() - home.bornNanos);
    }

    private void settle() {
        int rounds = 0;
        while (home.loop.step() > 0) {
            if (++rounds > 100_000) {
                throw new Refusal("switch " + home.name() + " does not come to rest; an engine or filter may send frames in a loop");
            }
        }
    }

    private int id(String port) {
        return home.views().need(port).document.id();
    }

    private Simulated simulated() {
        if (home.datapath instanceof Simulated simulated) {
            return simulated;
        }
        throw Refusal.value("datapath of switch " + home.name(), home.driver(), "sim", "make a switch with --datapath sim for that");
    }
}
