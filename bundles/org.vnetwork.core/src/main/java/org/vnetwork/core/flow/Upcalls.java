package org.vnetwork.core.flow;

import java.util.List;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;

/**
 * Decides frames that came up, carries the decision out, and has it installed.
 *
 * <p>A frame whose flow is there already (it waited while the flow was made) goes the flow's way. Loop thread only.
 */
public final class Upcalls {
    /** A miss of a flow that has been in for this long was not under way when the flow came: the parsers differ. */
    private static final long MISMATCH_NANOS = 2_000_000_000L;

    private final Datapath datapath;
    private final Pipeline pipeline;
    private final FlowTable flows;
    private final long[] key = new long[FlowKey.WORDS];
    private long decided;
    private final Mismatches mismatches = new Mismatches();

    /** Serves one switch. */
    public Upcalls(Datapath datapath, Pipeline pipeline, FlowTable flows) {
        this.datapath = datapath;
        this.pipeline = pipeline;
        this.flows = flows;
    }

    /** Frames decided by the pipeline. */
    public long decided() {
        return decided;
    }

    /** Frames that came up although their flow had long been in the datapath. */
    public Mismatches mismatches() {
        return mismatches;
    }

    /** Decides and executes one frame; it matched no flow ({@code flow} -1), or one that says inspect. Engine and filters are called before the frame is executed, none after that. */
    public void upcall(Frame frame) {
        KeyParser.parse(frame.buffer, frame.offset, frame.size, frame.ingress, key);
        Flow flow = frame.flow >= 0 ? flows.byId(frame.flow) : null;
        if (flow == null || flow.draining() || !FlowKey.matches(key, flow.mask, flow.key)) {
            flow = flows.find(key);
        }
        long now = datapath.nanoTime();
        if (flow != null && flow.isPending() && flow.isDirty()) {
            flows.remove(flow);
            flow = null;
        }
        boolean known = flow != null && !flow.inspect() && !flow.isDirty();
        if (frame.copy) {
            learn(frame, known);
        } else if (known) {
            if (frame.flow < 0 && !flow.isPending() && now - flow.installedNanos > MISMATCH_NANOS) {
                mismatches.keep(frame, key, flow);
            }
            count(flow, frame.flow, frame.wireFrames(), frame.size, now);
            datapath.execute(frame, flow.actions());
        } else {
            decide(frame, flow, now);
        }
    }

    /** A copy of a frame whose flow drains has been sent already: only what comes in that flow's place is of interest. */
    private void learn(Frame frame, boolean known) {
        if (!known) {
            decided++;
            long now = datapath.nanoTime();
            Decision decision = pipeline.commit(key, frame, now);
            if (!decision.undecided()) {
                flows.add(key, decision.wrote() ? pipeline.evaluate(key, frame) : decision, now);
            }
        }
        datapath.execute(frame, List.of());
    }

    /** Counts a frame for its flow, unless the datapath has done so when it sent it up. */
    private void count(Flow flow, int matched, long frames, long size, long now) {
        if (flow.id() != matched) {
            flows.soft(flow, frames, size, now);
        }
    }

    /** Decides a frame; one that wrote is decided again, and that decision is the one to install. {@code stale}: its flow, of inspect kind or out of date. */
    private void decide(Frame frame, Flow stale, long now) {
        decided++;
        Decision decision = pipeline.commit(key, frame, now);
        Decision installable = decision.wrote() ? pipeline.evaluate(key, frame) : decision;
        int frames = frame.wireFrames();
        int size = frame.size;
        int matched = frame.flow;
        datapath.execute(frame, decision.actions());
        if (decision.undecided()) {
            return;
        }
        if (stale == null || stale.isRemoved()) {
            Flow added = flows.add(key, installable, now);
            if (added != null) {
                flows.soft(added, frames, size, now);
            }
        } else {
            count(stale, matched, frames, size, now);
            if (FlowKey.covers(stale.mask, installable.mask())) {
                flows.redecided(stale, installable);
            } else if (!installable.eachFrame()) {
                flows.add(key, installable, now);
                if (stale.inspect() && !stale.isPending()) {
                    flows.drain(stale, installable, now);
                }
            }
        }
    }
}
