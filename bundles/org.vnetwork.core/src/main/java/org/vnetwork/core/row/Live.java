package org.vnetwork.core.row;

/** A row as records of one form; the record of the row is made when it is asked for, once for each version of the row. */
final class Live {
    final Form form;
    final Row row;
    final Record key;
    private Record value;
    private long version = -1;

    Live(Form form, Row row, Record key) {
        this.form = form;
        this.row = row;
        this.key = key;
    }

    /** The row, or null when there is none. */
    Record value() {
        if (version != row.version) {
            value = row.value == null ? null : form.record(row.key, row.value);
            version = row.version;
        }
        return value;
    }

    /** Says that a record is the row as it is now. */
    void is(Record now) {
        value = now;
        version = row.version;
    }

    /** Has the record made anew: the table's schema is another. */
    void stale() {
        version = -1;
    }
}
