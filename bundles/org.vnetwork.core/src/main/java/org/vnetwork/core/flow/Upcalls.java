package org.vnetwork.core.flow;

import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.UpcallSink;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.Frame;
import org.vnetwork.packet.wire.KeyParser;

/**
 * Decides frames that came up, carries the decision out, and has it installed.
 *
 * <p>A frame whose flow is there already (it waited while the flow was made) goes the flow's way. Loop thread only.
 */
public final class Upcalls implements UpcallSink {
    /** A miss of a flow that has been in for this long was not under way when the flow came: the parsers differ. */
    private static final long MISMATCH_NANOS = 2_000_000_000L;

    private final Datapath datapath;
    private final Pipeline pipeline;
    private final FlowTable flows;
    private final long[] key = new long[FlowKey.WORDS];
    private long decided;
    private long mismatches;

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
    public long mismatches() {
        return mismatches;
    }

    @Override
    public void upcall(Frame frame) {
        KeyParser.parse(frame.buffer, frame.offset, frame.size, frame.ingress, key);
        Flow flow = frame.flow >= 0 ? flows.byId(frame.flow) : null;
        if (flow == null || !FlowKey.matches(key, flow.mask, flow.key)) {
            flow = flows.find(key);
        }
        long now = datapath.nanoTime();
        if (flow != null && !flow.inspect()) {
            if (frame.flow < 0 && !flow.pending && now - flow.installedNanos > MISMATCH_NANOS) {
                mismatches++;
            }
            flow.soft(frame.wireFrames(), frame.size, now);
            datapath.execute(frame, flow.actions());
            return;
        }
        decide(frame, flow, now);
    }

    /** Decides a frame; one that wrote is decided again, and that decision is the one to install. */
    private void decide(Frame frame, Flow inspected, long now) {
        decided++;
        Decision decision = pipeline.commit(key, frame, now);
        Decision installable = decision.wrote() ? pipeline.evaluate(key, frame) : decision;
        int frames = frame.wireFrames();
        int size = frame.size;
        datapath.execute(frame, decision.actions());
        if (inspected == null || inspected.removed) {
            Flow added = flows.add(key, installable, now);
            if (added != null) {
                added.soft(frames, size, now);
            }
        } else {
            inspected.soft(frames, size, now);
            if (FlowKey.covers(inspected.mask, installable.mask())) {
                flows.redecided(inspected, installable);
            } else if (!installable.inspect() && !installable.wrote()) {
                flows.remove(inspected);
                flows.add(key, installable, now);
            }
        }
    }
}
