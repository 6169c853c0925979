package org.vnetwork.core.decide;

import java.util.Arrays;
import java.util.List;
import org.vnetwork.packet.wire.Action;

/**
 * Gives the meters of a list their gates: each has one from its first output to its last, so that a list may have more meters than gates.
 *
 * <p>Outputs are taken one after the other: {@link #open} before an output, {@link #close} behind it.
 */
final class Gates {
    private static final int NONE = -1;

    private final List<Action.Meter> meters;
    private final List<int[]> outputs;
    /** By meter: its last output. */
    private final int[] last;
    /** By meter: its gate now. */
    private final int[] gates;
    private long used;

    /**
     * The gates of one list.
     *
     * @param meters whose own gates do not count
     * @param outputs for each output in order, the numbers of the meters that limit it
     */
    Gates(List<Action.Meter> meters, List<int[]> outputs) {
        this.meters = meters;
        this.outputs = outputs;
        this.last = new int[meters.size()];
        this.gates = new int[meters.size()];
        Arrays.fill(gates, NONE);
        for (int i = 0; i < outputs.size(); i++) {
            for (int meter : outputs.get(i)) {
                last[meter] = i;
            }
        }
    }

    /** Adds the meters to a list that limit an output and were not asked yet; false when there are not enough gates. */
    boolean open(int output, List<Action> list) {
        for (int meter : outputs.get(output)) {
            if (gates[meter] == NONE) {
                int gate = Long.numberOfTrailingZeros(~used);
                if (gate >= Action.GATES) {
                    return false;
                }
                used |= 1L << gate;
                gates[meter] = gate;
                Action.Meter asked = meters.get(meter);
                list.add(new Action.Meter(gate, asked.id(), asked.bitsPerSecond(), asked.burstBytes()));
            }
        }
        return true;
    }

    /** The gates of meters that were asked, a bit each. */
    long of(int[] limiting) {
        long bits = 0;
        for (int meter : limiting) {
            bits |= 1L << gates[meter];
        }
        return bits;
    }

    /** Frees the gates of meters that limit no later output. */
    void close(int output) {
        for (int meter : outputs.get(output)) {
            if (last[meter] == output) {
                used &= ~(1L << gates[meter]);
            }
        }
    }
}
