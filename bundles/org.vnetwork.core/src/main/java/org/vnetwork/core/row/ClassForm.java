package org.vnetwork.core.row;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Records of one class as neutral values, and values of any schema of its type as records of it; holds the class. Loop thread only. */
public final class ClassForm {
    private final RecordCodec codec;
    private final Upgrade upgrade;
    private final Map<Schema, Conversion> conversions = new HashMap<>();
    private final Values noKey = new Values(new Schema(List.of(), Map.of()), new Object[0]);

    private ClassForm(RecordCodec codec) {
        this.codec = codec;
        this.upgrade = new Upgrade(codec);
    }

    /**
     * The form of a class.
     *
     * @param id of the data type
     * @throws org.vnetwork.model.Refusal when it has a component of a kind that rows cannot have
     */
    public static ClassForm of(Class<? extends Record> type, String id) {
        return new ClassForm(RecordCodec.of(type, id));
    }

    /** Whether it is the form of a class. */
    public boolean is(Class<?> type) {
        return codec.type() == type;
    }

    /** What is kept of a record. */
    public Values neutral(Record record) {
        return codec.neutral(record);
    }

    /** Why values have no place in the class; empty when they have one. */
    public String problem(Values values) {
        try {
            record(values);
            return "";
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    /**
     * Values as a record.
     *
     * @throws IllegalStateException when they have no place in the class
     */
    public Record record(Values values) {
        try {
            return values.schema().equals(codec.schema()) ? codec.live(values)
                    : upgrade.record(conversions.computeIfAbsent(values.schema(), from -> new Conversion(from, codec.schema())), noKey, values);
        } catch (RuntimeException | LinkageError e) {
            throw new IllegalStateException(values + " cannot be a " + codec.type().getName() + ": " + e.getMessage(), e);
        }
    }

    /** Components as text; {@code ports} names a port id. */
    public Map<String, Object> texts(Values values, IntFunction<String> ports) {
        return Texts.components(values, values.schema().equals(codec.schema()) ? codec : null, ports);
    }
}
