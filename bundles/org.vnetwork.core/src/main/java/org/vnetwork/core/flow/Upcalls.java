package org.vnetwork.core.flow;

import java.util.List;
import org.vnetwork.core.decide.Decision;
import org.vnetwork.core.decide.Pipeline;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.UpcallSink;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.wire.Action;
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
    private final Ends[] ends = new Ends[PortId.LIMIT];
    private long decided;
    private long mismatches;

    /** Where the frames of one port that came up ended. */
    public static final class Ends {
        /** With an output. */
        public long forwarded;
        /** Without one. */
        public long dropped;
        /** In a plugin. */
        public long consumed;

        private void count(Decision.End end) {
            switch (end) {
                case FORWARDED -> forwarded++;
                case DROPPED -> dropped++;
                case CONSUMED -> consumed++;
            }
        }
    }

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

    /** Ends of a port's frames; the object is kept up to date. */
    public Ends ends(int port) {
        if (ends[port] == null) {
            ends[port] = new Ends();
        }
        return ends[port];
    }

    /** Begins a port's counting anew, when its id is used again. */
    public void forget(int port) {
        ends[port] = null;
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
            carryOut(frame, flow.actions());
            return;
        }
        decide(frame, flow, now);
    }

    private void carryOut(Frame frame, List<Action> actions) {
        ends(frame.ingress).count(end(actions));
        datapath.execute(frame, actions);
    }

    private static Decision.End end(List<Action> actions) {
        boolean dropped = false;
        for (int i = 0; i < actions.size(); i++) {
            if (actions.get(i) instanceof Action.Output) {
                return Decision.End.FORWARDED;
            }
            dropped |= actions.get(i) instanceof Action.Drop;
        }
        return dropped ? Decision.End.DROPPED : Decision.End.CONSUMED;
    }

    /** Decides a frame; one that wrote is decided again, and that decision is the one to install. */
    private void decide(Frame frame, Flow inspected, long now) {
        decided++;
        Decision decision = pipeline.commit(key, frame, now);
        Decision installable = decision.wrote() ? pipeline.evaluate(key, frame) : decision;
        ends(frame.ingress).count(decision.end());
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
