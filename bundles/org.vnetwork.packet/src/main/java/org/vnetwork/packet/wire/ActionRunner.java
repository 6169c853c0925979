package org.vnetwork.packet.wire;

import java.util.List;

/** Executes an action list on a frame, in the order of the list; every driver that does so in Java does it here. */
public final class ActionRunner {
    /** Takes what an action list does; a frame handed over is valid during the call and shows the rewrites made so far. */
    public interface Output {
        /** Sends the frame out of a port, before the next action changes it. */
        void output(int port, Frame frame);

        /** Counts a drop at the port that the frame came in by. */
        void drop(int port, int reason);

        /** Sends the frame up. */
        void inspect(Frame frame);

        /** Sends a copy of the frame up, or not. */
        void copyUp(Frame frame);

        /** Whether the frame, as it was received, is within the rate of a meter; {@code frame} is as it now is. */
        boolean meter(Action.Meter meter, Frame frame);

        /** Counts an output that a meter refused, at the port that the frame came in by. */
        void refused(Frame frame);

        /** Adds the frame to a counter. */
        void count(long counter, Frame frame);
    }

    private ActionRunner() {
    }

    /**
     * Executes the list.
     *
     * @param frame rewritten in place
     * @return false when an action could not be carried out on this frame; the list ended there
     */
    public static boolean run(Frame frame, List<Action> actions, Output output) {
        // Tags move the IP header, and what was one stays one: a third tag hides it from a parser, not from us.
        int l3 = Rewriter.findIp(frame);
        int transport = -1;
        long closed = 0;
        for (int i = 0, count = actions.size(); i < count; i++) {
            switch (actions.get(i)) {
                case Action.Output to -> {
                    if ((to.gates() & closed) != 0) {
                        output.refused(frame);
                    } else {
                        output.output(to.port(), frame);
                    }
                }
                case Action.Drop drop -> output.drop(frame.ingress, drop.reason());
                case Action.Inspect _ -> output.inspect(frame);
                case Action.CopyUp _ -> output.copyUp(frame);
                case Action.Count counter -> output.count(counter.id(), frame);
                case Action.Meter meter -> {
                    long gate = 1L << meter.gate();
                    closed = output.meter(meter, frame) ? closed & ~gate : closed | gate;
                }
                case Action.SetField set when TransportRewriter.sets(set.field()) -> {
                    // Not asked for before it is needed, nor twice: no rewrite moves it against the IP header.
                    transport = transport < 0 ? TransportRewriter.find(frame, l3) : transport;
                    TransportRewriter.set(frame, set, l3, transport);
                }
                case Action.SetField set -> {
                    if (!Rewriter.set(frame, set.field(), set.value(), l3)) {
                        return false;
                    }
                }
                case Action.PushTag push -> {
                    if (!Rewriter.push(frame, push.tpid(), push.tci())) {
                        return false;
                    }
                    l3 += l3 == 0 ? 0 : KeyParser.TAG_SIZE;
                }
                case Action.PopTag _ -> {
                    if (Rewriter.pop(frame)) {
                        l3 -= l3 == 0 ? 0 : KeyParser.TAG_SIZE;
                    }
                }
            }
        }
        return true;
    }
}
