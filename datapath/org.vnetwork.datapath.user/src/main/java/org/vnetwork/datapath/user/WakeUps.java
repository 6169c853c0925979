package org.vnetwork.datapath.user;

/**
 * Whether a ports' loop, when it wakes, takes its processor from who has it. On the loop.
 *
 * <p>It does while frames come one by one: each goes on at once. When they come in bulk it waits its turn (SCHED_BATCH of sched(7)). That matters where
 * all processors are busy: senders finish their bursts, and the loop reads more frames each time that it wakes, as with a network card that holds interrupts back under load.
 */
final class WakeUps {
    /** How often the load is looked at. */
    static final long LOOK_MILLIS = 100;
    /** Frames between two looks from which there is a load. */
    static final int LOAD = 1000;
    /** Frames a wake-up that are bulk, and those that are no more. */
    static final int BULK = 6;
    static final int FEW = 3;

    private long frames;
    private long wakeUps;
    private boolean looked;
    /** Whether the policy is the loop's to choose: nobody else has set one for the process, and no change was refused. */
    private boolean chooses;
    private boolean waits;

    /** The loop has woken for a socket. */
    void woke() {
        wakeUps++;
    }

    /** A frame was read. */
    void frame() {
        frames++;
    }

    /** Chooses by the frames since the last look. */
    void look() {
        if (!looked) {
            looked = true;
            chooses = Libc.policy() == Libc.SCHED_OTHER;
        }
        boolean bulk = frames >= LOAD && frames >= wakeUps * (waits ? FEW : BULK);
        frames = 0;
        wakeUps = 0;
        if (chooses && bulk != waits) {
            // Refused by a container's rules, or by musl, which has no such call: it stays as it is.
            chooses = Libc.policy(bulk ? Libc.SCHED_BATCH : Libc.SCHED_OTHER) >= 0;
            waits = chooses && bulk;
        }
    }
}
