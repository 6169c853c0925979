package org.vnetwork.datapath.ebpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a switch's loop waits for: frames that came up, news of devices, and who wants it to do something else. */
final class Waits implements AutoCloseable {
    private static final short POLLIN = 1;
    /** Octets of {@code struct pollfd}, and where the events are in it. */
    private static final int SIZE = 8;
    private static final int WANTED = 4;
    private static final int FOUND = 6;
    private static final int WAKEUPS = 0;
    private static final int NEWS = 1;

    private final Arena arena = Arena.ofShared();
    private final int count;
    private final MemorySegment polled;
    private final MemorySegment eight = arena.allocate(8, 8);
    private final int wakeups = Libc.eventfd();
    private final AtomicBoolean awake = new AtomicBoolean();

    /** By descriptor: of news of devices, of the taps. */
    Waits(int news, int[] taps) {
        count = 2 + taps.length;
        polled = arena.allocate((long) count * SIZE, 8);
        watch(WAKEUPS, wakeups);
        watch(NEWS, news);
        for (int i = 0; i < taps.length; i++) {
            watch(2 + i, taps[i]);
        }
    }

    private void watch(int index, int descriptor) {
        polled.set(ValueLayout.JAVA_INT, (long) index * SIZE, descriptor);
        polled.set(ValueLayout.JAVA_SHORT, (long) index * SIZE + WANTED, POLLIN);
    }

    /** Another descriptor is that of a tap from now on. */
    void tap(int index, int descriptor) {
        watch(2 + index, descriptor);
    }

    /** Waits, a millisecond at least, until something is there or {@link #wakeup} was called since the last time. Loop thread only. */
    void await(long nanos) {
        if (!awake.getAndSet(false)) {
            Libc.poll(polled, count, Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos), 1, 1000));
            if (take(WAKEUPS)) {
                Libc.read(wakeups, eight.address(), 8);
            }
            awake.set(false);
        }
    }

    /** Whether there were news of devices; they are to be read now. Loop thread only. */
    boolean takeNews() {
        return take(NEWS);
    }

    private boolean take(int index) {
        long at = (long) index * SIZE + FOUND;
        boolean found = (polled.get(ValueLayout.JAVA_SHORT, at) & POLLIN) != 0;
        polled.set(ValueLayout.JAVA_SHORT, at, (short) 0);
        return found;
    }

    /** Ends the wait, or has the next one not wait. Any thread. */
    void wakeup() {
        if (!awake.getAndSet(true)) {
            MemorySegment one = Arena.ofAuto().allocate(8, 8);
            one.set(ValueLayout.JAVA_LONG, 0, 1L);
            Libc.write(wakeups, one, 8);
        }
    }

    @Override
    public void close() {
        Libc.close(wakeups);
        arena.close();
    }
}
