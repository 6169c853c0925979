package org.vnetwork.packet.wire;

import org.vnetwork.packet.Field;

/** One step of an action list, as drivers execute it; a list is executed in order and each step affects those after it. */
public sealed interface Action {
    /** Most actions a list may have. */
    int LIMIT = 128;

    /**
     * Sends the frame, as it now is, out of a port.
     *
     * @param port 1..1023; a port that is gone, down or blocked drops this output alone, counted
     */
    record Output(int port) implements Action {
    }

    /**
     * Sets {@code ETH_SRC}, {@code ETH_DST}, {@code VLAN_PCP}, {@code VLAN_VID} (outermost tag) or {@code DSCP}.
     *
     * @param value in host arithmetic, within the field's width
     */
    record SetField(Field field, long value) implements Action {
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
}
