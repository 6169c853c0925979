package org.vnetwork.core.flow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.ReadJournal;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.wire.FlowKey;

/**
 * Keeps each flow's full key and reads in the journal, for the next process.
 *
 * <p>The next process needs the key to decide the flow again. Until it has done so, the reads tell it which changes concern the flow.
 *
 * <p>Loop thread only.
 */
final class FlowJournal {
    /** Size of a record before its reads, in octets. */
    private static final int HEAD = 3 * Integer.BYTES + Long.BYTES + FlowKey.SIZE;
    /** A flow that read more is decided again at once by the next process: its record has no room for the rest. */
    private static final int MOST_READS = (Journal.LARGEST - HEAD) / Integer.BYTES;
    /** A record with more reads has room for a power of two of them, so that the place of an old record fits a new one. */
    private static final int FEW = 12;
    /** Fills the room that is left. No record of a read stands at this place of the journal. */
    private static final int NOTHING = 0;
    private static final int SPREAD = 0x9e37_79b9;
    private static final int HALF = 16;

    private final Journal journal;
    private final ReadJournal reads;
    private final ByteBuffer buffer = Journal.buffer();
    private final Map<Integer, Known> left = new HashMap<>();
    /** Flows with two records: the process died between telling the journal and telling the datapath. */
    private final Set<Integer> torn = new HashSet<>();
    private final Map<ByteBuffer, Recalled> same = new HashMap<>();
    private int sequence;

    /**
     * What an earlier process knew of a flow.
     *
     * @param sequence of two records of one flow, the later has the higher one
     * @param said what the administrator said of the reads then
     * @param reads where they stand, four octets each; {@link Journal#NOWHERE} for one that could not be kept
     */
    record Known(int at, int sequence, long[] fullKey, long installedNanos, int said, ByteBuffer reads, long packets, long bytes) {
    }

    /** Reads that several flows share; {@code lost} is true when some of them are not in the journal. */
    private record Recalled(List<Dependency> reads, boolean lost, long print) {
    }

    FlowJournal(Journal journal, ReadJournal reads) {
        this.journal = journal;
        this.reads = reads;
        for (Journal.Found found : journal.take(Journal.Kind.FLOW)) {
            int id = found.octets().getInt();
            Known known = known(found);
            Known other = left.get(id);
            boolean later = other == null || known.sequence() - other.sequence() > 0;
            boolean newest = left.isEmpty() || known.sequence() - sequence > 0;
            sequence = newest ? known.sequence() : sequence;
            left.put(id, later ? known : other);
            if (other != null) {
                torn.add(id);
                journal.free(later ? other.at() : known.at());
            }
        }
    }

    private static Known known(Journal.Found found) {
        ByteBuffer from = found.octets();
        int sequence = from.getInt();
        long installed = from.getLong();
        long[] key = new long[FlowKey.WORDS];
        for (int i = 0; i < key.length; i++) {
            key[i] = from.getLong();
        }
        return new Known(found.at(), sequence, key, installed, from.getInt(), from, found.a(), found.b());
    }

    /** What was known of a flow; null when nothing was, or it was another flow. */
    Known take(FlowEntry entry) {
        Known known = left.remove(entry.id());
        if (known != null && !Arrays.equals(FlowKey.masked(known.fullKey(), entry.mask()), entry.key())) {
            journal.free(known.at());
            return null;
        }
        return known;
    }

    /**
     * Has a flow that is taken over depend on what it had read. It is decided again, as one that may be denied, when the administrator says something
     * else of that now, when some of it is lost, or when the datapath may not have heard of its last decision.
     */
    void recall(Flow flow, Known known) {
        Recalled recalled = same.computeIfAbsent(known.reads(), this::recall);
        flow.at = known.at();
        flow.softPackets = known.packets();
        flow.softBytes = known.bytes();
        flow.dependOn(recalled.reads());
        boolean right = !recalled.lost() && (int) recalled.print() == known.said() && !torn.contains(flow.id);
        // What is not right is kept anew when the flow has been decided.
        flow.keptReads = right ? recalled.print() : ~recalled.print();
        if (!right) {
            flow.dirty(true);
        }
    }

    private Recalled recall(ByteBuffer places) {
        List<Dependency> found = new ArrayList<>();
        boolean lost = false;
        for (int i = places.position(); i < places.limit(); i += Integer.BYTES) {
            int at = places.getInt(i);
            Dependency read = reads.find(at);
            if (read != null) {
                found.add(read);
            }
            lost |= at != NOTHING && read == null;
        }
        return new Recalled(List.copyOf(found), lost, read(found, false));
    }

    /** Forgets a flow that is not taken over: another one gets its id. */
    void forget(Known known) {
        journal.free(known.at());
    }

    /** Forgets the flows that nobody asked about: they did not come into the datapath any more, or left it. */
    void forgetOthers() {
        left.values().forEach(k -> journal.free(k.at()));
        left.clear();
        same.clear();
        torn.clear();
        reads.forgetOthers();
    }

    void keep(Flow flow) {
        if (!reads.keeps()) {
            return;
        }
        buffer.clear().putInt(flow.id).putInt(++sequence).putLong(flow.installedNanos);
        for (long word : flow.fullKey) {
            buffer.putLong(word);
        }
        buffer.putInt(0);
        flow.keptReads = read(flow.reads(), true);
        buffer.putInt(HEAD - Integer.BYTES, (int) flow.keptReads);
        flow.at = journal.put(Journal.Kind.FLOW, buffer.flip(), flow.softPackets, flow.softBytes);
    }

    /**
     * Keeps what a flow reads since it was decided again, unless that is the same.
     *
     * @return its record until now, for {@link #settled}
     */
    int decided(Flow flow) {
        boolean known = flow.at != Journal.NOWHERE && flow.keptReads == read(flow.reads(), false);
        if (known || flow.isPending() || !reads.keeps()) {
            return Journal.NOWHERE;
        }
        int old = flow.at;
        keep(flow);
        if (flow.at != Journal.NOWHERE) {
            return old;
        }
        // There is no room for two.
        journal.free(old);
        keep(flow);
        return Journal.NOWHERE;
    }

    /** The datapath knows what a flow does since it was decided again: forgets its record from before, and what it read. */
    void settled(int old, List<Dependency> before) {
        journal.free(old);
        reads.forgetUnread(before);
    }

    /**
     * Goes through what a flow reads, which stands in the journal from then on.
     *
     * @param write whether to add it to the record
     * @return another number for other reads; the lower half is what the administrator says of them
     */
    private long read(List<Dependency> all, boolean write) {
        int said = 0;
        int places = 0;
        for (int i = 0; i < all.size(); i++) {
            Dependency read = all.get(i);
            int at = reads.keep(read);
            if (at == ReadJournal.NAMELESS) {
                continue;
            }
            said = SPREAD * said + read.said();
            places = SPREAD * (places ^ places >>> HALF) + at;
            if (write && i < MOST_READS) {
                buffer.putInt(i < MOST_READS - 1 ? at : Journal.NOWHERE);
            }
        }
        for (int i = all.size(); write && i > FEW && i < MOST_READS && Integer.bitCount(i) > 1; i++) {
            buffer.putInt(NOTHING);
        }
        return (long) places << Integer.SIZE | Integer.toUnsignedLong(said);
    }

    void counted(Flow flow) {
        journal.set(flow.at, flow.softPackets, flow.softBytes);
    }

    /** Forgets a flow that has gone; {@code before}: what it read. */
    void forget(Flow flow, List<Dependency> before) {
        journal.free(flow.at);
        flow.at = Journal.NOWHERE;
        reads.forgetUnread(before);
    }
}
