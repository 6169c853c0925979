package org.vnetwork.core.row;

import java.util.ArrayList;
import java.util.List;

/** The forms in which one table is used now, the newest last. Loop thread only. */
final class Forms {
    private final RowTable table;
    private final List<Form> forms = new ArrayList<>();

    Forms(RowTable table) {
        this.table = table;
    }

    boolean isEmpty() {
        return forms.isEmpty();
    }

    /** Whether others than the classes of a conversion use the table now. */
    boolean areOfOthers(RowConversion conversion) {
        return forms.stream().anyMatch(form -> !conversion.isFor(form));
    }

    /** The form of these classes, or null. */
    Form find(Class<?> key, Class<?> row) {
        for (Form form : forms) {
            if (form.is(key, row)) {
                return form;
            }
        }
        return null;
    }

    /** A form of classes that have none yet. */
    Form add(RecordCodec keys, RecordCodec rows) {
        int slot = 0;
        while (isTaken(slot)) {
            slot++;
        }
        Form form = new Form(table, keys, rows, slot);
        forms.add(form);
        return form;
    }

    private boolean isTaken(int slot) {
        return forms.stream().anyMatch(form -> form.slot() == slot);
    }

    /** Ends a form: nothing of its classes is left. */
    void drop(Form form) {
        forms.remove(form);
        form.drop();
    }

    /** A place of the table is gone; true, always. */
    boolean forget(Row row) {
        forms.forEach(form -> form.forget(row));
        return true;
    }

    /** The table has another schema, and no row has a record of any form. */
    void adapt() {
        forms.forEach(Form::adapt);
    }

    /** The key class whose schema is the table's, or null. */
    RecordCodec keys() {
        Form form = tables();
        return form == null ? null : form.keys();
    }

    /** The row class whose schema is the table's, or null. */
    RecordCodec rows() {
        Form form = tables();
        return form == null ? null : form.rows();
    }

    private Form tables() {
        for (int i = forms.size() - 1; i >= 0; i--) {
            if (forms.get(i).isTables()) {
                return forms.get(i);
            }
        }
        return null;
    }
}
