package org.vnetwork.core.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.packet.DropReason;

/**
 * Numbers of the drop reasons of one switch, the same for Java and the flow table.
 *
 * <p>The drivers' own reasons have theirs for good, the others by use. When all numbers are taken and another reason comes, it gets the number of one that no flow names: of one that no port shows if
 * there is such a one, else of the one that was longest out of use, whose counts are {@link #FORGOTTEN} then. When flows name all of them, the new reason is {@link DropNumbers#OTHER}. Loop thread only.
 */
final class DropRegistry {
    /** What ports counted for reasons whose number another reason has now. */
    static final DropReason FORGOTTEN = DropReason.of("core/forgotten");
    private static final DropReason CONSUMED = DropReason.of("core/consumed");
    private static final int FIRST = DropNumbers.REASONS.size() + 1;

    private final DropReason[] byNumber = new DropReason[DropNumbers.LIMIT];
    private final Map<DropReason, Integer> numbers = new HashMap<>();
    /** Drops in the actions of flows, by number. */
    private final int[] uses = new int[DropNumbers.LIMIT];
    private final long[] usedNanos = new long[DropNumbers.LIMIT];
    private final int[] places = new int[DropNumbers.LIMIT];
    /** Numbers that were out of use when the ports were read last, the first to be given away first. */
    private final Deque<Integer> idle = new ArrayDeque<>();
    private long readNanos;
    private boolean restored;
    private boolean told;

    private final Datapath datapath;
    private final PortDrops ports;
    private final Journal journal;
    private final Consumer<String> events;
    private final ByteBuffer buffer = Journal.buffer();

    /** The numbers that drivers use, and those that an earlier process gave, since flows of its time still name them. */
    DropRegistry(Datapath datapath, PortDrops ports, Journal journal, Consumer<String> events) {
        this.datapath = datapath;
        this.ports = ports;
        this.journal = journal;
        this.events = events;
        byNumber[DropNumbers.CONSUMED] = CONSUMED;
        for (int i = 1; i < FIRST; i++) {
            name(i, DropNumbers.REASONS.get(i - 1), Journal.NOWHERE);
        }
        Arrays.fill(usedNanos, datapath.nanoTime());
        readNanos = datapath.nanoTime() - PluginNames.IDLE_NANOS;
        for (Journal.Found found : journal.take(Journal.Kind.REASON)) {
            name(found.octets().getInt(), DropReason.of(StandardCharsets.UTF_8.decode(found.octets()).toString()), found.at());
        }
    }

    private void name(int number, DropReason reason, int place) {
        byNumber[number] = reason;
        places[number] = place;
        numbers.put(reason, number);
    }

    /** The number of a reason, given to it when it has none. */
    int number(DropReason reason) {
        Integer known = numbers.get(reason);
        int number = known != null ? known : give(reason);
        usedNanos[number] = datapath.nanoTime();
        return number;
    }

    /** The numbers that are given. */
    Map<DropReason, Integer> numbers() {
        return Map.copyOf(numbers);
    }

    private int give(DropReason reason) {
        int number = free();
        if (number == DropNumbers.OTHER) {
            if (!told) {
                told = true;
                events.accept("drop reason " + reason.text() + " counts as datapath/other: flows name all " + (DropNumbers.LIMIT - FIRST) + " that a switch tells apart beside the datapath's own");
            }
            return number;
        }
        buffer.clear().putInt(number).put(reason.text().getBytes(StandardCharsets.UTF_8));
        name(number, reason, journal.put(Journal.Kind.REASON, buffer.flip(), 0, 0));
        return number;
    }

    /** A number without reason; {@link DropNumbers#OTHER} when there is none. */
    private int free() {
        for (int i = FIRST; i < DropNumbers.LIMIT; i++) {
            if (byNumber[i] == null && uses[i] == 0) {
                return i;
            }
        }
        if (idle.isEmpty() && restored && datapath.nanoTime() - readNanos >= PluginNames.IDLE_NANOS) {
            read();
        }
        for (Integer next = idle.poll(); next != null; next = idle.poll()) {
            if (isIdle(next)) {
                ports.forget(next);
                journal.free(places[next]);
                numbers.remove(byNumber[next]);
                return next;
            }
        }
        return DropNumbers.OTHER;
    }

    /** Reads what the ports count, and with that which numbers may be given away until it is read again. */
    private void read() {
        readNanos = datapath.nanoTime();
        long[] shown = ports.read();
        IntStream.range(FIRST, DropNumbers.LIMIT).filter(this::isIdle).boxed()
                .sorted(Comparator.<Integer, Boolean>comparing(i -> shown[i] > 0).thenComparing(i -> usedNanos[i])).forEach(idle::add);
    }

    /** Whether no frame was dropped for it since the ports were read, nor may be by a list that was in use shortly before. */
    private boolean isIdle(int number) {
        return uses[number] == 0 && readNanos - usedNanos[number] >= PluginNames.IDLE_NANOS;
    }

    /** Flows have so many more drops of a number in their actions, or less. */
    void used(int number, int more) {
        uses[number] += more;
        usedNanos[number] = datapath.nanoTime();
    }

    /** Flows of an earlier process have been taken over. What ports counted for numbers whose reason is not known is nobody's. */
    void restored() {
        restored = true;
        if (datapath.outlives()) {
            ports.read();
            IntStream.range(FIRST, DropNumbers.LIMIT).filter(i -> byNumber[i] == null).forEach(ports::forget);
        }
    }

    /** The reason of a number. */
    String text(int number) {
        return number >= DropNumbers.LIMIT ? "#" + number : (byNumber[number] == null ? FORGOTTEN : byNumber[number]).text();
    }
}
