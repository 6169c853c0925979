package org.vnetwork.core.run;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.vnetwork.core.flow.Redecider;
import org.vnetwork.datapath.PortCounters;

/**
 * What the exchange of an engine or of filters cost.
 *
 * @param pauseNanos for which no frame was decided
 * @param waiting frames that came up during the exchange and were decided after it
 * @param lost frames that came up and never got there
 * @param converted rows that have another form now
 * @param flows what became of the flows
 */
record SwapReport(long pauseNanos, long waiting, long lost, int converted, Redecider.Totals flows) {
    /** Runs an exchange on the loop, and returns when every flow that it concerns has been decided again. The exchange returns how long it held frames up. */
    static SwapReport of(VirtualSwitch home, Callable<Long> exchange) {
        int convertedBefore = home.onLoop(home.trial::converted);
        Redecider.Totals before = home.onLoop(home.redecider::totals);
        Upcalls begun = home.onLoop(() -> Upcalls.of(home));
        Upcalls[] exchanged = new Upcalls[1];
        long pauseNanos = home.onLoop(() -> {
            long nanos = exchange.call();
            exchanged[0] = Upcalls.of(home);
            return nanos;
        });
        home.settle();
        long lost = home.onLoop(() -> Upcalls.of(home)).lost - begun.lost;
        return new SwapReport(pauseNanos, Math.max(0, exchanged[0].waiting() - begun.waiting()), lost, home.onLoop(home.trial::converted) - convertedBefore, home.onLoop(home.redecider::totals).since(before));
    }

    /** Frames that went up so far, those of them that were lost, and those that the loop has taken. */
    private record Upcalls(long up, long lost, long taken) {
        static Upcalls of(VirtualSwitch home) {
            long up = 0;
            long lost = 0;
            for (SwitchPorts.Held port : home.ports.all()) {
                PortCounters counters = home.datapath.counters(port.document.id());
                up += counters.up();
                lost += counters.upLost();
            }
            return new Upcalls(up, lost, home.rounds.taken());
        }

        long waiting() {
            return up - lost - taken;
        }
    }

    /** A line each. */
    List<String> lines() {
        return List.of("pause " + TimeUnit.NANOSECONDS.toMicros(pauseNanos) + " us, frames waiting " + waiting + ", lost " + lost, "rows converted " + converted, "flows " + flows);
    }
}
