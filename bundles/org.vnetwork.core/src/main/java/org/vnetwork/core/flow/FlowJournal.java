package org.vnetwork.core.flow;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.packet.wire.FlowKey;

/**
 * The full keys of flows, kept for the process after this one: with them and the rows each flow can be decided again, which finds its dependencies anew.
 *
 * <p>Loop thread only.
 */
final class FlowJournal {
    private final Journal journal;
    private final ByteBuffer buffer = Journal.buffer();
    private final Map<Integer, Known> left = new HashMap<>();

    /** What an earlier process knew of a flow. */
    record Known(int at, long[] fullKey, long installedNanos, long packets, long bytes) {
    }

    FlowJournal(Journal journal) {
        this.journal = journal;
        for (Journal.Found found : journal.take(Journal.Kind.FLOW)) {
            int id = found.octets().getInt();
            long installed = found.octets().getLong();
            long[] key = new long[FlowKey.WORDS];
            for (int i = 0; i < key.length; i++) {
                key[i] = found.octets().getLong();
            }
            Known other = left.put(id, new Known(found.at(), key, installed, found.a(), found.b()));
            if (other != null) {
                journal.free(other.at());
            }
        }
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

    /** Forgets a flow that is not taken over: another one gets its id. */
    void forget(Known known) {
        journal.free(known.at());
    }

    /** Forgets the flows that nobody asked about: they did not come into the datapath any more, or left it. */
    void forgetOthers() {
        left.values().forEach(k -> journal.free(k.at()));
        left.clear();
    }

    void keep(Flow flow) {
        buffer.clear().putInt(flow.id).putLong(flow.installedNanos);
        for (long word : flow.fullKey) {
            buffer.putLong(word);
        }
        flow.at = journal.put(Journal.Kind.FLOW, buffer.flip(), flow.softPackets, flow.softBytes);
    }

    void counted(Flow flow) {
        journal.set(flow.at, flow.softPackets, flow.softBytes);
    }

    void forget(Flow flow) {
        journal.free(flow.at);
        flow.at = Journal.NOWHERE;
    }
}
