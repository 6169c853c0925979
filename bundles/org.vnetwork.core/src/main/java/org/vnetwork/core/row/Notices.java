package org.vnetwork.core.row;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Calls to listeners that wait until the change that they are about is complete, in order of the changes.
 *
 * <p>A listener may change any table; the notices of that wait in turn. So a listener never sees half of what a decision wrote, and none runs amid another. Loop thread only.
 */
public final class Notices {
    /** Changes that may follow from each other before they count as a circle. */
    private static final int DEEPEST = 16;
    /** Calls of one {@link #run}: a listener's work must not keep frames waiting. */
    private static final int BATCH = 1024;

    private final Queue<Change> waiting = new ArrayDeque<>();
    /** How many changes led to the one whose listener runs now; -1 while none runs. */
    private int depth = -1;

    /** One change for one listener, neutral until it is called. */
    private record Change(String owner, Form form, BiConsumer<Record, Record> listener, Values key, Values row, int depth) implements Notice {
        @Override
        public void run() {
            if (depth >= DEEPEST) {
                throw new IllegalStateException("listeners of " + form.table().id() + " change its rows in a circle; the change that was the " + DEEPEST + "th in a row is not told");
            }
            listener.accept(form.keyRecord(key), row == null ? null : form.record(key, row));
        }
    }

    void add(String owner, Form form, BiConsumer<Record, Record> listener, Values key, Values row) {
        waiting.add(new Change(owner, form, listener, key, row, depth + 1));
    }

    /** Forgets what waits for a listener. */
    void drop(BiConsumer<Record, Record> listener) {
        waiting.removeIf(change -> change.listener == listener);
    }

    /** Runs a notice; {@code failed} takes who failed and how. */
    public static Consumer<Notice> reporting(BiConsumer<String, Throwable> failed) {
        return notice -> {
            try {
                notice.run();
            } catch (Throwable e) {
                failed.accept(notice.owner(), e);
            }
        };
    }

    /** Whether any listener is still to be called. */
    public boolean waits() {
        return !waiting.isEmpty();
    }

    /**
     * Has the listeners called that wait, and those that wait because of these, up to a number; the others wait for the next time.
     *
     * @param caller runs one notice and deals with what it throws; it throws nothing itself, unless it is not to come back
     * @return how many it ran; 0 inside a notice
     */
    public int run(Consumer<Notice> caller) {
        if (depth >= 0) {
            return 0;
        }
        int ran = 0;
        for (Change next = waiting.poll(); next != null; next = ++ran < BATCH ? waiting.poll() : null) {
            depth = next.depth;
            // NB: no try: when a listener never returns, the thread that comes out here late must not touch what the next one uses.
            caller.accept(next);
        }
        depth = -1;
        return ran;
    }

    /** Goes on with the others when a listener never returned. */
    public void again() {
        depth = -1;
    }
}
