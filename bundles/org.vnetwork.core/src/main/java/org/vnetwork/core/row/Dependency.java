package org.vnetwork.core.row;

import java.util.Collection;

/**
 * Something a decision can have read: a row (there or not), or all rows with one value in one component.
 *
 * <p>It knows its readers, the flows whose decisions read it, and nothing of the row's class. Loop thread only.
 */
public class Dependency {
    /** What a reader is told. */
    public interface Reader {
        /**
         * Something that the reader read has changed; it must be decided again.
         *
         * @param first ahead of others, since the change may deny what was allowed
         */
        void dirty(boolean first);
    }

    private final String text;
    private final Readers readers = new Readers();

    /** Something with this name. */
    protected Dependency(String text) {
        this.text = text;
    }

    /** Makes a flow a reader, before it is installed. */
    public void add(Reader reader) {
        readers.add(reader);
    }

    /** Ends {@link #add}. */
    public void remove(Reader reader) {
        readers.remove(reader);
    }

    /** How many flows read it. */
    public final int readers() {
        return readers.count();
    }

    /** The readers now, in no order. */
    public final Collection<Reader> all() {
        return readers.all();
    }

    /** Tells the readers; {@code first}: that the change may deny what was allowed. */
    protected final void changed(boolean first) {
        if (readers.count() > 0) {
            readers.all().forEach(r -> r.dirty(first));
        }
    }

    /** Table and key, or component and value. */
    @Override
    public String toString() {
        return text;
    }
}
