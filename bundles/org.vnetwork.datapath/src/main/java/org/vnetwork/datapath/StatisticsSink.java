package org.vnetwork.datapath;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes the counters of one flow after the other, without a record for each. */
@FunctionalInterface
@ConsumerType
public interface StatisticsSink {
    /** Counters as in {@link FlowCounters}. */
    void flow(int id, long packets, long bytes, long lastUsedNanos);
}
