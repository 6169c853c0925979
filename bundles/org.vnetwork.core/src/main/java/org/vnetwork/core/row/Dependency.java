package org.vnetwork.core.row;

import java.nio.ByteBuffer;
import java.util.Collection;
import org.vnetwork.core.journal.Journal;

/**
 * Something a decision can have read: a row (there or not), or all rows with one value in one component.
 *
 * <p>It knows its readers, the flows whose decisions read it, and nothing of the row's class. Loop thread only.
 */
public abstract class Dependency {
    /** What a reader is told. */
    public interface Reader {
        /**
         * Something that the reader read has changed; it must be decided again, later: now readers neither come nor go.
         *
         * @param mayDeny true when the change may deny what was allowed: then the reader comes before others
         */
        void dirty(boolean mayDeny);

        /**
         * The reader stands at another place among the readers of one thing.
         *
         * @param slot as it was given with {@link Dependency#add}
         * @param place what {@link Dependency#remove} wants from now on
         */
        default void moved(int slot, int place) {
            // A reader that stays need not know its place.
        }
    }

    private final Readers readers = new Readers();
    /** Where its name is in the journal. */
    int at = Journal.NOWHERE;

    /**
     * Makes a flow a reader, before it is installed.
     *
     * @param slot which of its reads this is to the reader
     * @return its place, until {@link Reader#moved}
     */
    public int add(Reader reader, int slot) {
        return readers.add(reader, slot);
    }

    /** Ends {@link #add} for the reader at a place. */
    public void remove(int place) {
        readers.remove(place);
    }

    /** How many flows read it. */
    public final int readers() {
        return readers.count();
    }

    /** The readers now, in no order. */
    public final Collection<Reader> all() {
        return readers.all();
    }

    /** Tells the readers; {@code mayDeny}: the change may deny what was allowed. */
    protected final void changed(boolean mayDeny) {
        if (readers.count() > 0) {
            readers.all().forEach(r -> r.dirty(mayDeny));
        }
    }

    /** What stands for it in the journal. */
    protected Dependency kept() {
        return this;
    }

    /**
     * Writes a name by which the next process finds it, as {@link ReadJournal} has it.
     *
     * @return false when it has none, since what it says is over with the process, or can never change
     */
    protected boolean name(ByteBuffer to) {
        return false;
    }

    /** Whether any flow reads it, or something that it stands for. */
    protected boolean isRead() {
        return readers() > 0;
    }

    /** A checksum of what the administrator says of it, which may be another in the next process; 0 when it is not his. */
    public int said() {
        return 0;
    }

    /** Whether it may deny now what it allowed in the process before: whether it is as it was cannot be told. */
    public boolean mayDeny() {
        return false;
    }

    /** The table that it is of; null when it is of none. */
    public RowTable table() {
        return null;
    }

    /** Table and key, or component and value; made when it is asked for. */
    protected abstract String text();

    @Override
    public final String toString() {
        return text();
    }
}
