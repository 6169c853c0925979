package org.vnetwork.core.run;

import java.util.concurrent.TimeUnit;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.core.flow.FlowTable;
import org.vnetwork.core.row.Tables;
import org.vnetwork.datapath.Datapath;

/** What a switch does every second: takes over the datapath's counters, then lets go of flows that are idle and rows whose time is over. Loop thread only. */
final class Upkeep {
    static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FLOW_IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Datapath datapath;
    private final Pipeline pipeline;
    private final FlowTable flows;
    private final Tables tables;
    private final Limits limits;
    private final MismatchReport mismatches;
    private boolean settledOnce;
    /** Whether an engine has decided the flows of an earlier process again: only then is it known which rows traffic keeps young. */
    private boolean decidedOnce;

    Upkeep(Datapath datapath, Pipeline pipeline, FlowTable flows, Tables tables, Limits limits, MismatchReport mismatches) {
        this.datapath = datapath;
        this.pipeline = pipeline;
        this.flows = flows;
        this.tables = tables;
        this.limits = limits;
        this.mismatches = mismatches;
    }

    /** Rows go whose time was over before the counters were taken, so that no frame is missed that refreshed one. */
    void run() {
        long start = datapath.nanoTime();
        flows.pull();
        boolean settled = !flows.settling();
        settledOnce |= settled;
        decidedOnce |= settled && pipeline.hasEngine();
        if (!settledOnce) {
            return;
        }
        flows.idleSince(start - FLOW_IDLE_NANOS);
        if (decidedOnce) {
            tables.expire(start);
        }
        limits.check(start);
        mismatches.check();
    }
}
