package org.vnetwork.core.row;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A key or row without its class: values of the JDK and of {@code org.vnetwork.model}, constants by name, in the order of a schema.
 *
 * <p>Immutable. Two are equal when their values are: those of one table have one schema.
 */
public final class Values {
    private final Schema schema;
    private final Object[] values;
    private int hash;

    /** Takes the array over. */
    Values(Schema schema, Object[] values) {
        this.schema = schema;
        this.values = values;
    }

    Schema schema() {
        return schema;
    }

    /** Whether another one has the same components, by name and kind. */
    public boolean isLike(Values other) {
        return schema.equals(other.schema);
    }

    int size() {
        return values.length;
    }

    Object get(int place) {
        return values[place];
    }

    /** The value of a component; null also when there is none of this name. */
    public Object get(String component) {
        int place = schema.place(component);
        return place < 0 ? null : values[place];
    }

    /** In order. */
    public List<Object> all() {
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Values that && hashCode() == that.hashCode() && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        if (hash == 0) {
            hash = Arrays.hashCode(values);
        }
        return hash;
    }

    /** {@code vlan=10,mac=02:00:00:00:00:01}. */
    @Override
    public String toString() {
        return Texts.of(this);
    }
}
