package org.vnetwork.packet.wire;

import java.util.Arrays;
import java.util.List;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;

/** One step of an action list, as drivers execute it; a list is executed in order and each step affects those after it. */
public sealed interface Action {
    /** Most actions a list may have, as {@link #size} counts: a frame for each of 1,023 ports, each with 15 rewrites, fits. */
    int LIMIT = 16_384;
    /** Most gates a list may have: numbers of gates are below it. */
    int GATES = 64;

    /**
     * Sends the frame, as it now is, out of a port.
     *
     * @param port 1..1023; a port that is gone, down or blocked drops this output alone, counted
     * @param gates bit g set: not if the meter of gate g refused the frame; then this output is a drop, {@code datapath/metered}
     */
    record Output(int port, long gates) implements Action {
        /** An output that no meter limits. */
        public Output(int port) {
            this(port, 0);
        }

        /** An output; those that no meter limits are one object for each port, since floods name them a thousand times. */
        public static Output to(int port, long gates) {
            return gates == 0 && port >= 0 && port < Shared.OUTPUTS.length ? Shared.OUTPUTS[port] : new Output(port, gates);
        }

        private static final class Shared {
            private static final Output[] OUTPUTS = new Output[PortId.LIMIT];

            static {
                Arrays.setAll(OUTPUTS, Output::new);
            }
        }
    }

    /**
     * Sets {@code ETH_SRC}, {@code ETH_DST}, {@code VLAN_PCP}, {@code VLAN_VID} (outermost tag), {@code DSCP}, {@code IP_SRC}, {@code IP_DST}, {@code L4_SRC} or
     * {@code L4_DST}, with the checksums that cover it. What the frame lacks is left alone.
     *
     * @param high of an IPv6 address, its first 64 bits; else 0
     * @param value in host arithmetic, within the field's width; an IPv4 address in the low 32 bits
     */
    record SetField(Field field, long high, long value) implements Action {
        /** Sets a field of at most 64 bits. */
        public SetField(Field field, long value) {
            this(field, 0, value);
        }
    }

    /**
     * Asks a token bucket whether the frame is within a rate, and takes the frame's octets on the wire from it if it is.
     *
     * <p>A frame is within the rate while the bucket is not empty, and may leave it in debt. Equal rates and ids share one bucket, whatever the flow. The frame
     * weighs what it weighed when it was received, wherever in the list the meter stands.
     *
     * @param gate 0..63: opened when the frame is within the rate, else closed; the gate stays so until another meter of the list has the same one
     * @param id of the bucket
     * @param bitsPerSecond that tokens come in, 1,000 at least
     * @param burstBytes that the bucket holds, 65,536 at least
     */
    record Meter(int gate, long id, long bitsPerSecond, int burstBytes) implements Action {
    }

    /**
     * Adds the frame, as frames and octets on the wire, to a counter.
     *
     * @param id of the counter
     */
    record Count(long id) implements Action {
    }

    /**
     * Pushes a tag outermost.
     *
     * @param tpid 0x8100 or 0x88a8
     * @param tci PCP, DEI and VID, 16 bits
     */
    record PushTag(int tpid, int tci) implements Action {
    }

    /** Removes the outermost tag. */
    record PopTag() implements Action {
    }

    /** Sends the frame up to the pipeline, which decides this one frame. */
    record Inspect() implements Action {
    }

    /**
     * Sends a copy up, if the ingress port's allowance of copies permits; the frame goes on either way.
     *
     * <p>The pipeline decides the copy and learns from it, and transmits nothing: for flows that are drained. A copy that the allowance refuses is not counted.
     */
    record CopyUp() implements Action {
    }

    /**
     * Counts a drop; in a list with outputs it stands for one output that was not made.
     *
     * @param reason number of the reason, 1..63, from the switch's registry
     */
    record Drop(int reason) implements Action {
    }

    /** Actions that these count as in a list: an address counts twice. */
    static int size(List<Action> actions) {
        int size = actions.size();
        for (Action action : actions) {
            if (action instanceof SetField set && set.field().width() > 64) {
                size++;
            }
        }
        return size;
    }
}
