package org.vnetwork.datapath.ebpf;

import java.util.Arrays;
import java.util.List;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.wire.Frame;

/**
 * The two taps that frames come up by: channel 0 for misses, channel 1 for frames of inspect flows and copies.
 *
 * <p>They are read in turn, so that a flood of one kind delays the other by a turn at most and takes none of its room. Loop thread only.
 */
final class UpChannels {
    static final int CHANNELS = 2;
    /** Frames read from one tap before the other has its turn. */
    private static final int TURN = 32;

    private final UpcallTap[] taps;
    private final int[] uplinks = {-1, -1};
    private int now;
    private int left = TURN;

    UpChannels(UpcallTap misses, UpcallTap inspected) {
        taps = new UpcallTap[] {misses, inspected};
    }

    /** Has a program mark what comes up, and the programs of ports send to here. */
    void attach(int program, Pins pins, KernelMaps maps) throws DatapathException {
        for (int i = 0; i < CHANNELS; i++) {
            uplinks[i] = pins.carry(program, taps[i].ifindex(), taps[i].name(), Bpf.TCX_EGRESS);
            pins.dropBefore(taps[i].staleIfindex());
        }
        maps.setTaps(taps[0].ifindex(), taps[1].ifindex());
    }

    List<Integer> ifindexes() {
        return Arrays.stream(taps).map(UpcallTap::ifindex).toList();
    }

    int[] descriptors() {
        return Arrays.stream(taps).mapToInt(UpcallTap::descriptor).toArray();
    }

    /** Number of the reason for what a channel has no room for. */
    static int lossReason(int channel) {
        return channel == 0 ? DropNumbers.UPCALL_LOST : DropNumbers.INSPECT_LOST;
    }

    /** The next frame, valid until the next call; null when none waits in either. */
    Frame read() {
        if (left <= 0) {
            turn();
        }
        Frame frame = taps[now].read();
        if (frame == null) {
            turn();
            frame = taps[now].read();
        }
        left--;
        return frame;
    }

    private void turn() {
        now = 1 - now;
        left = TURN;
    }

    /** By which the last frame came. */
    int channel() {
        return now;
    }

    /** Generation of the flow that sent the last frame up. */
    int generation() {
        return taps[now].generation();
    }

    /**
     * How many frames are lost of those that were sent up and did not arrive; those still on their way are not taken for lost.
     *
     * @param missing frames on the wire
     */
    long lost(int channel, long missing) {
        if (missing <= 0) {
            return 0;
        }
        // NB: the tap counts a superframe once. With nothing left to read, what is missing is lost.
        long units = taps[channel].lost();
        return units > 0 && taps[channel].isEmpty() ? missing : Math.min(missing, units);
    }

    /** Takes the devices away, before {@link #close}. */
    void remove() {
        for (UpcallTap tap : taps) {
            tap.remove();
        }
    }

    void close() {
        for (int i = 0; i < CHANNELS; i++) {
            if (uplinks[i] >= 0) {
                Libc.close(uplinks[i]);
            }
            taps[i].close();
        }
    }
}
