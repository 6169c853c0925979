package org.vnetwork.core.row;

import java.util.List;
import org.vnetwork.model.Ipv4Address;
import org.vnetwork.model.Ipv6Address;
import org.vnetwork.model.PortId;

/** What a component of a key or row holds, in words of the platform: no class of a plugin is part of it, nor of a value. */
sealed interface Kind permits Kind.Scalar, Kind.Constants, Kind.ListOf, Kind.Nested {
    /** As errors say it: {@code int}, {@code list of text}. */
    String text();

    /** Whether a value, not null, is one of this kind. */
    boolean holds(Object value);

    /** Whether a component of this kind may be null. */
    default boolean nullable() {
        return true;
    }

    /** A value that stands for itself. */
    enum Scalar implements Kind {
        /** A number that is never null, as those up to {@link #DOUBLE}. */
        INT("int", Integer.class, int.class, false),
        /** A number. */
        LONG("long", Long.class, long.class, false),
        /** A number. */
        SHORT("short", Short.class, short.class, false),
        /** A number. */
        BYTE("byte", Byte.class, byte.class, false),
        /** A number. */
        FLOAT("float", Float.class, float.class, false),
        /** A number. */
        DOUBLE("double", Double.class, double.class, false),
        /** A truth value. */
        BOOLEAN("boolean", Boolean.class, boolean.class, false),
        /** One character. */
        CHAR("char", Character.class, char.class, false),
        /** A number, or null. */
        INTEGER("int?", Integer.class, Integer.class, true),
        /** A number, or null. */
        LONG_OR_NULL("long?", Long.class, Long.class, true),
        /** A truth value, or null. */
        BOOLEAN_OR_NULL("boolean?", Boolean.class, Boolean.class, true),
        /** A text. */
        TEXT("text", String.class, String.class, true),
        /** A port. */
        PORT("port", PortId.class, PortId.class, true),
        /** The number of a port that is the key itself. */
        PORT_NUMBER("port number", Integer.class, null, false),
        /** An address. */
        IPV4("ipv4", Ipv4Address.class, Ipv4Address.class, true),
        /** An address. */
        IPV6("ipv6", Ipv6Address.class, Ipv6Address.class, true);

        private final String text;
        private final Class<?> values;
        private final Class<?> component;
        private final boolean nullable;

        Scalar(String text, Class<?> values, Class<?> component, boolean nullable) {
            this.text = text;
            this.values = values;
            this.component = component;
            this.nullable = nullable;
        }

        /** The kind of components of a class; null when it is none of these. */
        static Scalar of(Class<?> component) {
            for (Scalar scalar : values()) {
                if (scalar.component == component) {
                    return scalar;
                }
            }
            return null;
        }

        /** The kind of this text; null when it is none of these. */
        static Scalar of(String text) {
            for (Scalar scalar : values()) {
                if (scalar.text.equals(text)) {
                    return scalar;
                }
            }
            return null;
        }

        @Override
        public String text() {
            return text;
        }

        @Override
        public boolean holds(Object value) {
            return values.isInstance(value);
        }

        @Override
        public boolean nullable() {
            return nullable;
        }
    }

    /** One of some constants, by name. */
    record Constants(List<String> names) implements Kind {
        @Override
        public String text() {
            return "one of " + String.join(", ", names);
        }

        @Override
        public boolean holds(Object value) {
            return value instanceof String name && names.contains(name);
        }
    }

    /** Elements of one kind, in an immutable list. */
    record ListOf(Kind element) implements Kind {
        @Override
        public String text() {
            return "list of " + element.text();
        }

        @Override
        public boolean holds(Object value) {
            return value instanceof List<?> list && list.stream().allMatch(v -> v == null ? element.nullable() : element.holds(v));
        }
    }

    /** {@link Values} of a schema. */
    record Nested(Schema schema) implements Kind {
        @Override
        public String text() {
            return schema.text();
        }

        @Override
        public boolean holds(Object value) {
            return value instanceof Values values && schema.holds(values);
        }
    }
}
