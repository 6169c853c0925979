package org.vnetwork.core.row;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.DataType;

/**
 * A data type without any class: its id, whether its rows are a policy, and what keys and rows consist of.
 *
 * @param id {@code fdb/1}
 * @param policy whether any change of a row may deny what was allowed
 */
record RowType(String id, boolean policy, Schema key, Schema row) {
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9.-]*/[1-9][0-9]*");

    /** What a row class says of its data type; refused when it says none, or none that can be. */
    static DataType of(Class<? extends Record> row) {
        DataType type = row.getAnnotation(DataType.class);
        if (type == null) {
            throw new Refusal("data type: " + row.getName() + " has no @DataType (expected: an id and version as in @DataType(\"com.acme.qos/1\"))");
        }
        if (!isId(type.value())) {
            throw Refusal.value("data type", type.value(), "lower-case id, slash, version from 1");
        }
        return type;
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Whether values of the one are values of the other. */
    boolean isLike(RowType other) {
        return key.equals(other.key) && row.equals(other.row);
    }

    @Override
    public String toString() {
        return id;
    }

    /** Names of all components. */
    List<String> components() {
        return Stream.concat(key.names().stream(), row.names().stream()).distinct().toList();
    }
}
