package org.vnetwork.datapath;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.vnetwork.packet.wire.Action;
import org.vnetwork.packet.wire.ActionRunner;
import org.vnetwork.packet.wire.Frame;

/** Executes action lists in Java and keeps the books of it, the same for every driver. Loop thread only; without allocation. */
public final class Execution implements ActionRunner.Output {
    private final Sender sender;
    private Frame frame;
    private long frames;
    private long bytes;
    private int ends;
    private boolean up;
    private int refusal;

    /** What the driver does. */
    @ConsumerType
    public interface Sender {
        /** Sends a frame out of a port, its octets to be taken before this returns; 0, or the number of a drop reason. */
        int send(int port, Frame frame);

        /** Sends a frame up; 0, or the number of a drop reason. Never called for {@link #decided}, whose frames are up. */
        int inspect(Frame frame);

        /** Sends a copy of a frame up, marked as such; false when the port has used up its allowance, or nobody listens. Never called for {@link #decided}. */
        boolean copyUp(Frame frame);

        /** Books of a port, or null when it does not exist. */
        PortBooks books(int port);

        /** The switch's meters. */
        MeterTable meters();

        /** The switch's counters. */
        CounterTable counters();

        /** The clock of the meters, as {@link Datapath#nanoTime}. */
        long nanoTime();
    }

    /** Executes for one datapath. */
    public Execution(Sender sender) {
        this.sender = sender;
    }

    /** Executes the list of a flow that a frame matched; the frame is rewritten in place. */
    public void matched(Frame received, List<Action> actions) {
        up = false;
        run(received, actions);
    }

    /** Executes the list that was decided for a frame that came up; the frame is rewritten in place. */
    public void decided(Frame received, List<Action> actions) {
        up = true;
        run(received, actions);
    }

    private void run(Frame received, List<Action> actions) {
        frame = received;
        frames = received.wireFrames();
        bytes = received.wireBytes();
        ends = 0;
        if (actions.isEmpty()) {
            drop(frame.ingress, DropNumbers.CONSUMED);
        } else if (!ActionRunner.run(frame, actions, this)) {
            drop(frame.ingress, DropNumbers.BAD_ACTION);
        }
        PortBooks books = sender.books(frame.ingress);
        if (books != null && ends > 1) {
            books.copies += (ends - 1) * frames;
        }
    }

    @Override
    public void output(int port, Frame now) {
        int reason = sender.send(port, now);
        if (reason != 0) {
            drop(frame.ingress, reason);
            return;
        }
        ends++;
        PortBooks from = sender.books(frame.ingress);
        if (from != null) {
            from.outputs += frames;
        }
        PortBooks to = sender.books(port);
        if (to != null) {
            to.sent += frames;
            to.sentBytes += now.wireBytes();
        }
    }

    @Override
    public void drop(int port, int reason) {
        ends++;
        PortBooks books = sender.books(port);
        if (books != null && reason < DropNumbers.LIMIT) {
            books.drops[reason] += frames;
        }
    }

    @Override
    public boolean meter(Action.Meter meter, Frame now) {
        int reason = sender.meters().ask(meter, bytes, sender.nanoTime());
        refusal = reason == 0 ? refusal : reason;
        return reason == 0;
    }

    @Override
    public void refused(Frame now) {
        drop(frame.ingress, refusal);
    }

    @Override
    public void count(long counter, Frame now) {
        sender.counters().add(counter, frames, now.wireBytes());
    }

    @Override
    public void copyUp(Frame now) {
        if (!up && sender.copyUp(now)) {
            ends++;
            PortBooks books = sender.books(frame.ingress);
            if (books != null) {
                books.up += frames;
            }
        }
    }

    @Override
    public void inspect(Frame now) {
        if (up) {
            return;
        }
        int reason = sender.inspect(now);
        if (reason != 0) {
            drop(frame.ingress, reason);
        } else {
            // It will end once more, where it is decided.
            ends++;
            PortBooks books = sender.books(frame.ingress);
            if (books != null) {
                books.up += frames;
            }
        }
    }
}
