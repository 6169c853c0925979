package org.vnetwork.datapath.ebpf;

import java.util.Arrays;
import java.util.List;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.FrameBatch;
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
    /** Whether the tap of a channel was replaced: what did not arrive by then is lost, and the new one has no count of it. */
    private final boolean[] replaced = new boolean[CHANNELS];
    private final String[] failures = new String[CHANNELS];
    private final Links links;
    private int program;
    private int programId;
    private Pins pins;
    private KernelMaps maps;
    private Waits waits;
    private int now;
    private int left = TURN;

    UpChannels(Links links, UpcallTap misses, UpcallTap inspected) {
        this.links = links;
        taps = new UpcallTap[] {misses, inspected};
    }

    /** Has a program mark what comes up, and the programs of ports send to here. */
    void attach(int upcall, Pins kept, KernelMaps told) throws DatapathException {
        program = upcall;
        programId = Bpf.programId(upcall);
        pins = kept;
        maps = told;
        for (int i = 0; i < CHANNELS; i++) {
            uplinks[i] = pins.carry(program, taps[i].ifindex(), taps[i].name(), Bpf.TCX_EGRESS);
            pins.dropBefore(taps[i].staleIfindex());
        }
        send();
    }

    /** What waits for the taps. */
    void wake(Waits waiting) {
        waits = waiting;
    }

    /** Has the programs of ports send to the taps that work. */
    private void send() {
        maps.setTaps(failures[0] == null ? taps[0].ifindex() : 0, failures[1] == null ? taps[1].ifindex() : 0);
    }

    /**
     * Puts a tap right that somebody changed or removed.
     *
     * @return what was found, for the administrator; null when all is as it was
     * @throws DatapathException when it cannot be put right now; frames then count as not sent up
     */
    String mend(int channel) throws DatapathException {
        UpcallTap tap = taps[channel];
        Link device = tap.seen();
        try {
            String found = device == null ? reopen(channel) : tap.mend(device);
            List<Integer> programs = Bpf.programs(taps[channel].ifindex(), Bpf.TCX_EGRESS);
            if (found == null && programs != null && !programs.contains(programId)) {
                carry(channel);
                found = "left without the switch's program at its tcx egress";
            }
            boolean failed = failures[channel] != null;
            failures[channel] = null;
            if (failed || found != null) {
                send();
            }
            return found == null ? null : tap.name() + ": this device of the switch's own, by which frames come up, was " + found + "; it is as it was again. Frames that were to come up meanwhile are lost";
        } catch (DatapathException e) {
            waits.tap(channel, device == null ? -1 : tap.descriptor());
            failures[channel] = failures[channel] == null ? "" : failures[channel];
            send();
            throw e;
        }
    }

    /** Whether a failure of {@link #mend} is another one than before. */
    boolean isNewFailure(int channel, String why) {
        boolean known = why.equals(failures[channel]);
        failures[channel] = why;
        return !known;
    }

    private String reopen(int channel) throws DatapathException {
        UpcallTap gone = taps[channel];
        UpcallTap tap = new UpcallTap(gone.name(), links, true);
        taps[channel] = tap;
        replaced[channel] = true;
        waits.tap(channel, tap.descriptor());
        pins.drop(gone.ifindex());
        gone.remove();
        gone.close();
        carry(channel);
        return "removed, renamed or moved";
    }

    private void carry(int channel) throws DatapathException {
        int before = uplinks[channel];
        uplinks[channel] = pins.carry(program, taps[channel].ifindex(), taps[channel].name(), Bpf.TCX_EGRESS);
        Libc.close(before);
    }

    /** The name of a tap. */
    String name(int ifindex) {
        return taps[taps[0].ifindex() == ifindex ? 0 : 1].name();
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

    /** Reads the next frame to where the batch has room for it, to be kept or not; null when none waits in either, or the batch is full. */
    Frame read(FrameBatch batch) {
        Frame frame = batch.room(FrameBatch.LONGEST);
        if (frame == null) {
            return null;
        }
        if (left <= 0) {
            turn();
        }
        if (!taps[now].read(frame)) {
            turn();
            if (!taps[now].read(frame)) {
                return null;
            }
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
        return (units > 0 || replaced[channel]) && taps[channel].isEmpty() ? missing : Math.min(missing, units);
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
