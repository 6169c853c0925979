package org.vnetwork.datapath.ebpf;

import java.util.List;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.packet.wire.Frame;

/**
 * The two taps that frames come up by: one for misses, one for frames of inspect flows and copies.
 *
 * <p>They are read in turn, so that a flood of one kind delays the other by a turn at most and takes none of its room. Loop thread only.
 */
final class UpChannels {
    /** Frames read from one tap before the other has its turn. */
    private static final int TURN = 32;

    private final UpcallTap misses;
    private final UpcallTap inspected;
    private final int[] uplinks = {-1, -1};
    private UpcallTap now;
    private int left = TURN;

    UpChannels(UpcallTap misses, UpcallTap inspected) {
        this.misses = misses;
        this.inspected = inspected;
        this.now = misses;
    }

    /** Has a program mark what comes up, and the programs of ports send to here. */
    void attach(int program, Pins pins, KernelMaps maps) throws DatapathException {
        UpcallTap[] taps = {misses, inspected};
        for (int i = 0; i < taps.length; i++) {
            uplinks[i] = pins.carry(program, taps[i].ifindex(), Bpf.TCX_EGRESS);
            pins.dropBefore(taps[i].staleIfindex());
        }
        maps.setTaps(misses.ifindex(), inspected.ifindex());
    }

    /** Of both taps. */
    List<Integer> ifindexes() {
        return List.of(misses.ifindex(), inspected.ifindex());
    }

    int missDescriptor() {
        return misses.descriptor();
    }

    int inspectDescriptor() {
        return inspected.descriptor();
    }

    /** The next frame, valid until the next call; null when none waits in either. */
    Frame read() {
        if (left <= 0) {
            turn();
        }
        Frame frame = now.read();
        if (frame == null) {
            turn();
            frame = now.read();
        }
        left--;
        return frame;
    }

    private void turn() {
        now = now == misses ? inspected : misses;
        left = TURN;
    }

    /** Whether the last frame was a miss. */
    boolean wasMiss() {
        return now == misses;
    }

    /** Generation of the flow that sent the last frame up. */
    int generation() {
        return now.generation();
    }

    /** Misses of those sent that did not arrive. */
    long lostMisses(long sent, long arrived) {
        return lost(misses, sent - arrived);
    }

    /** Inspected frames and copies of those sent that did not arrive. */
    long lostInspected(long sent, long arrived) {
        return lost(inspected, sent - arrived);
    }

    /** Frames that were sent up and did not arrive, if the tap lost any; those still on their way are not taken for lost. */
    private static long lost(UpcallTap tap, long missing) {
        if (missing <= 0) {
            return 0;
        }
        // NB: the tap counts a superframe once. With nothing left to read, what is missing is lost.
        long units = tap.lost();
        return units > 0 && tap.isEmpty() ? missing : Math.min(missing, units);
    }

    /** Takes the devices away, before {@link #close}. */
    void remove() {
        misses.remove();
        inspected.remove();
    }

    void close() {
        for (int link : uplinks) {
            if (link >= 0) {
                Libc.close(link);
            }
        }
        misses.close();
        inspected.close();
    }
}
