package org.vnetwork.core.row;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.model.Refusal;

/**
 * Keeps in the journal what flows read, once for all of them, so that the next process knows what concerns the flows that it takes over.
 *
 * <p>A flow's record says where its reads stand. They stand there as long as any flow has read them. Loop thread only.
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
        journal.take(Journal.Kind.READ).forEach(found -> left.put(found.at(), new Left(found.octets())));
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
                kept.at = kept.name(buffer.clear()) ? journal.put(Journal.Kind.READ, buffer.flip(), 0, 0) : NAMELESS;
            } catch (BufferOverflowException e) {
                return Journal.NOWHERE;
            }
        }
        return kept.at;
    }

    /** Forgets those that no flow reads any more. What stands for rules stays, as a type does. */
    public void forgetUnread(List<Dependency> reads) {
        for (Dependency read : reads) {
            if (read.at >= 0 && read.readers() == 0) {
                journal.free(read.at);
                read.at = Journal.NOWHERE;
            }
        }
    }

    /** A checksum of what the administrator says now of what was read; 0 when it is not his. */
    public static int said(Dependency read) {
        return read.kept().said();
    }

    /** Whether it cannot be told of any of them if it is as it was in the process before. */
    public static boolean doubtful(List<Dependency> reads) {
        for (Dependency read : reads) {
            if (read.kept().doubtful()) {
                return true;
            }
        }
        return false;
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
        } catch (IllegalArgumentException | BufferUnderflowException | Refusal e) {
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
