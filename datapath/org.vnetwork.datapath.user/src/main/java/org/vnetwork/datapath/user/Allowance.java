package org.vnetwork.datapath.user;

import java.util.concurrent.TimeUnit;
import org.vnetwork.datapath.MissLimit;

/** So many a second, so many at once. */
final class Allowance {
    private long intervalNanos;
    private long burstNanos;
    /** When the last one that was taken is paid for. */
    private long dueNanos;

    Allowance(int perSecond, int burst, long now) {
        set(new MissLimit(perSecond, burst));
        dueNanos = now;
    }

    void set(MissLimit limit) {
        intervalNanos = TimeUnit.SECONDS.toNanos(1) / limit.perSecond();
        burstNanos = (limit.burst() - 1L) * intervalNanos;
    }

    /** Takes one; false when none is left. */
    boolean take(long now) {
        long from = dueNanos - now > 0 ? dueNanos : now;
        if (from - now > burstNanos) {
            return false;
        }
        dueNanos = from + intervalNanos;
        return true;
    }
}
