package org.vnetwork.core.row;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.vnetwork.core.journal.Journal;

/**
 * Keeps in the journal what flows read, once for all of them, so that the next process knows what concerns the flows that it takes over.
 *
 * <p>A name begins with the number of a data type, or of rules. A flow's record says where its reads stand; they stand there as long as any flow reads
 * them. Loop thread only.
 */
public final class ReadJournal {
    /** Stands for a read without a name. */
    public static final int NAMELESS = -2;
    private static final int RULES = -1;

    private final Journal journal;
    private final RowJournal rows;
    private final Function<String, Dependency> rules;
    private final ByteBuffer buffer = Journal.buffer();
    private final Map<Integer, Left> left = new HashMap<>();

    /** What stands at a place since the process before, and what it is now. */
    private static final class Left {
        private final ByteBuffer name;
        private Dependency found;

        Left(ByteBuffer name) {
            this.name = name;
        }
    }

    /**
     * A journal of reads.
     *
     * @param rules what stands for the rules of a data type
     */
    public ReadJournal(Journal journal, RowJournal rows, Function<String, Dependency> rules) {
        this.journal = journal;
        this.rows = rows;
        this.rules = rules;
        for (Journal.Found found : journal.take(Journal.Kind.READ)) {
            left.put(found.at(), new Left(found.octets()));
            // The record of its type may be lost.
            rows.reserve(found.octets().getInt(0));
        }
    }

    /** Whether anything is kept. */
    public boolean keeps() {
        return journal.keeps();
    }

    /** Names the rules of a data type. */
    public static boolean nameRules(String type, ByteBuffer to) {
        to.putInt(RULES).put(type.getBytes(StandardCharsets.UTF_8));
        return true;
    }

    /**
     * Where a read stands, which it does from now on; {@link #NAMELESS} when it has no name, {@link Journal#NOWHERE} when there is no room.
     *
     * @param read something that a flow depends on
     */
    public int keep(Dependency read) {
        Dependency kept = read.kept();
        if (kept.at == Journal.NOWHERE) {
            try {
                kept.at = kept.name(buffer.clear()) ? put(buffer.flip()) : NAMELESS;
            } catch (BufferOverflowException e) {
                return Journal.NOWHERE;
            } catch (RuntimeException e) {
                // A plugin asked for what no row can have, as null for a number.
                kept.at = NAMELESS;
            }
        }
        return kept.at;
    }

    private int put(ByteBuffer name) {
        int type = name.getInt(0);
        return type == RULES || rows.keeps(type) ? journal.put(Journal.Kind.READ, name, 0, 0) : Journal.NOWHERE;
    }

    /** Forgets those that no flow reads any more. */
    public void forgetUnread(List<Dependency> reads) {
        for (Dependency read : reads) {
            Dependency kept = read.kept();
            if (kept.at >= 0 && !kept.isRead()) {
                journal.free(kept.at);
                kept.at = Journal.NOWHERE;
            }
        }
    }

    /** What stood at a place in the process before; null when nothing readable did. */
    public Dependency find(int at) {
        Left there = left.get(at);
        if (there == null) {
            return null;
        }
        if (there.found == null) {
            there.found = find(there.name);
            if (there.found != null && there.found.at == Journal.NOWHERE) {
                there.found.at = at;
            }
        }
        return there.found;
    }

    private Dependency find(ByteBuffer name) {
        try {
            int type = name.getInt();
            return type == RULES ? rules.apply(StandardCharsets.UTF_8.decode(name).toString()) : rows.find(type, name);
        } catch (RuntimeException e) {
            // Its octets are as they were written: a bundle has other ideas of them now.
            return null;
        }
    }

    /** Ends {@link #find}: what no flow asked for goes. */
    public void forgetOthers() {
        left.forEach((at, there) -> {
            if (there.found == null) {
                journal.free(at);
            }
        });
        left.clear();
    }
}
