package org.vnetwork.core.flow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.core.row.Dependency;
import org.vnetwork.core.row.ReadJournal;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The full key of each flow and what it read, kept for the process after this one: with key and rows it can be decided again, and by what it
 * read it is known which change concerns it until then.
 *
 * <p>Loop thread only.
 */
final class FlowJournal {
    private static final int HEAD = 3 * Integer.BYTES + 2 * Long.BYTES + FlowKey.SIZE;
    private static final int MOST_READS = (Journal.LARGEST - HEAD) / Integer.BYTES;
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final Journal journal;
    private final ReadJournal reads;
    private final ByteBuffer buffer = Journal.buffer();
    private final Map<Integer, Known> left = new HashMap<>();
    private int sequence;

    /**
     * What an earlier process knew of a flow.
     *
     * @param sequence of two records of one flow, the later has the higher one
     * @param said what the administrator said of the reads then
     * @param missing reads that could not be kept
     * @param reads where they stand
     */
    record Known(int at, int sequence, long[] fullKey, long installedNanos, int said, int missing, int[] reads, long packets, long bytes) {
    }

    FlowJournal(Journal journal, ReadJournal reads) {
        this.journal = journal;
        this.reads = reads;
        for (Journal.Found found : journal.take(Journal.Kind.FLOW)) {
            int id = found.octets().getInt();
            Known known = known(found);
            Known other = left.get(id);
            boolean later = other == null || known.sequence() - other.sequence() > 0;
            if (other != null) {
                journal.free(later ? other.at() : known.at());
            }
            if (later) {
                left.put(id, known);
            }
            sequence = left.size() == 1 || known.sequence() - sequence > 0 ? known.sequence() : sequence;
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
        int said = from.getInt();
        int missing = from.getInt();
        int[] reads = new int[from.remaining() / Integer.BYTES];
        for (int i = 0; i < reads.length; i++) {
            reads[i] = from.getInt();
        }
        return new Known(found.at(), sequence, key, installed, said, missing, reads, found.a(), found.b());
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
     * Has a flow that is taken over depend on what it had read. When the administrator says something else of that now, or may, the flow is decided
     * again as one that may be denied.
     */
    void recall(Flow flow, Known known) {
        List<Dependency> found = new ArrayList<>(known.reads().length);
        for (int at : known.reads()) {
            Dependency read = reads.find(at);
            if (read != null) {
                found.add(read);
            }
        }
        flow.at = known.at();
        flow.softPackets = known.packets();
        flow.softBytes = known.bytes();
        flow.dependOn(found);
        flow.keptReads = fingerprint(flow);
        if (known.missing() > 0 || found.size() < known.reads().length || ReadJournal.doubtful(found)) {
            flow.doubt();
        } else if (ReadJournal.said(found) != known.said()) {
            flow.dirty(true);
        }
    }

    /** Forgets a flow that is not taken over: another one gets its id. */
    void forget(Known known) {
        journal.free(known.at());
    }

    /** Forgets the flows that nobody asked about: they did not come into the datapath any more, or left it. */
    void forgetOthers() {
        left.values().forEach(k -> journal.free(k.at()));
        left.clear();
        reads.forgetOthers();
    }

    void keep(Flow flow) {
        if (reads.keeps()) {
            flow.keptReads = fingerprint(flow);
            flow.at = put(flow);
        }
    }

    private int put(Flow flow) {
        List<Dependency> read = flow.reads();
        buffer.clear().putInt(flow.id).putInt(++sequence).putLong(flow.installedNanos);
        for (long word : flow.fullKey) {
            buffer.putLong(word);
        }
        int missingAt = buffer.putInt(ReadJournal.said(read)).position();
        buffer.putInt(0);
        int most = Math.min(read.size(), MOST_READS);
        int missing = read.size() - most;
        for (int i = 0; i < most; i++) {
            int at = reads.keep(read.get(i));
            if (at >= 0) {
                buffer.putInt(at);
            } else if (at == Journal.NOWHERE) {
                missing++;
            }
        }
        buffer.putInt(missingAt, missing);
        return journal.put(Journal.Kind.FLOW, buffer.flip(), flow.softPackets, flow.softBytes);
    }

    /** Keeps what a flow reads since it was decided again, unless that is the same; {@code before}: what it read until then. */
    void decided(Flow flow, List<Dependency> before) {
        if (flow.at != Journal.NOWHERE && flow.keptReads != fingerprint(flow)) {
            // NB: the new record is there before the old one goes: killed in between, the later of the two counts.
            int old = flow.at;
            keep(flow);
            journal.free(old);
            if (flow.at == Journal.NOWHERE) {
                // There was no room for two.
                keep(flow);
            }
        }
        reads.forgetUnread(before);
    }

    /** Another one when a flow reads something else, or the administrator says something else of it. */
    private long fingerprint(Flow flow) {
        long print = ReadJournal.said(flow.reads());
        for (Dependency read : flow.reads()) {
            print = (print ^ reads.keep(read)) * SPREAD;
            print ^= print >>> Integer.SIZE;
        }
        return print;
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
