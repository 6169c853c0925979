package org.vnetwork.core.row;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.vnetwork.model.Ipv4Address;
import org.vnetwork.model.Ipv6Address;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/** Writes values and schemas as CBOR or JSON, and reads them back: a schema says once what each value is, values stand in its order without names. */
final class ValueStream {
    /** Ports by their numbers, as the switch itself knows them. */
    static final ValueStream NUMBERS = new ValueStream(null, null);

    private final IntFunction<String> names;
    private final ToIntFunction<String> ids;

    /**
     * A stream with ports by name.
     *
     * @param names names a port id
     * @param ids the id of a port of this name; 0 when there is none
     */
    ValueStream(IntFunction<String> names, ToIntFunction<String> ids) {
        this.names = names;
        this.ids = ids;
    }

    void write(JsonGenerator to, Values values) throws IOException {
        to.writeStartArray();
        for (int i = 0; i < values.size(); i++) {
            write(to, values.schema().kind(i), values.get(i));
        }
        to.writeEndArray();
    }

    void write(JsonGenerator to, Kind kind, Object value) throws IOException {
        switch (value) {
            case Integer port when kind == Kind.Scalar.PORT_NUMBER -> writePort(to, port);
            case null -> to.writeNull();
            case Values nested -> write(to, nested);
            case List<?> list -> {
                to.writeStartArray();
                for (Object element : list) {
                    write(to, ((Kind.ListOf) kind).element(), element);
                }
                to.writeEndArray();
            }
            case Integer number -> to.writeNumber(number);
            case Long number -> to.writeNumber(number);
            case Short number -> to.writeNumber(number);
            case Byte number -> to.writeNumber(number);
            case Float number -> to.writeNumber(number);
            case Double number -> to.writeNumber(number);
            case Boolean truth -> to.writeBoolean(truth);
            case PortId port -> writePort(to, port.value());
            default -> to.writeString(value.toString());
        }
    }

    private void writePort(JsonGenerator to, int port) throws IOException {
        if (names == null) {
            to.writeNumber(port);
        } else {
            to.writeString(names.apply(port));
        }
    }

    /**
     * Reads what {@link #write} wrote; the parser is at its first token.
     *
     * @throws IllegalArgumentException when it is no such value
     */
    Values read(JsonParser from, Schema schema) throws IOException {
        expect(from, JsonToken.START_ARRAY);
        Object[] values = new Object[schema.size()];
        for (int i = 0; i < values.length; i++) {
            from.nextToken();
            values[i] = read(from, schema.kind(i), schema.components().get(i).name());
        }
        from.nextToken();
        expect(from, JsonToken.END_ARRAY);
        return new Values(schema, values);
    }

    private static void expect(JsonParser from, JsonToken token) throws IOException {
        if (from.currentToken() != token) {
            throw new IllegalArgumentException(from.currentToken() == null ? "it ends too early" : from.getText() + " (expected: " + (token == JsonToken.END_ARRAY ? "no more values" : "a list") + ")");
        }
    }

    Object read(JsonParser from, Kind kind, String name) throws IOException {
        if (from.currentToken() == JsonToken.VALUE_NULL && kind.nullable()) {
            return null;
        }
        Object value = switch (kind) {
            case Kind.Nested nested -> read(from, nested.schema());
            case Kind.ListOf list -> list(from, list.element(), name);
            case Kind.Constants constants -> from.getValueAsString();
            case Kind.Scalar scalar -> scalar(from, scalar);
        };
        if (value == null || !kind.holds(value)) {
            boolean port = ids != null && (kind == Kind.Scalar.PORT || kind == Kind.Scalar.PORT_NUMBER);
            throw new IllegalArgumentException("component " + name + ": " + from.getText() + " (expected: " + (port ? "the name of a port of this switch" : kind.text()) + ")");
        }
        return value;
    }

    private List<Object> list(JsonParser from, Kind element, String name) throws IOException {
        expect(from, JsonToken.START_ARRAY);
        List<Object> list = new ArrayList<>();
        while (from.nextToken() != JsonToken.END_ARRAY) {
            list.add(read(from, element, name));
        }
        return Collections.unmodifiableList(list);
    }

    /** Null when it is no such value. */
    private Object scalar(JsonParser from, Kind.Scalar kind) throws IOException {
        JsonToken token = from.currentToken();
        try {
            return switch (kind) {
                case TEXT -> token == JsonToken.VALUE_STRING ? from.getText() : null;
                case CHAR -> token == JsonToken.VALUE_STRING && from.getText().length() == 1 ? from.getText().charAt(0) : null;
                case IPV4 -> token == JsonToken.VALUE_STRING ? Ipv4Address.parse(from.getText()) : null;
                case IPV6 -> token == JsonToken.VALUE_STRING ? Ipv6Address.parse(from.getText()) : null;
                case BOOLEAN, BOOLEAN_OR_NULL -> token.isBoolean() ? (Object) from.getBooleanValue() : null;
                case FLOAT, DOUBLE -> fraction(from, kind);
                case PORT, PORT_NUMBER -> port(from, kind);
                default -> token == JsonToken.VALUE_NUMBER_INT ? whole(kind, from.getLongValue()) : null;
            };
        } catch (Refusal | com.fasterxml.jackson.core.exc.InputCoercionException e) {
            return null;
        }
    }

    private Object port(JsonParser from, Kind.Scalar kind) throws IOException {
        int id = ids == null ? from.getIntValue() : from.currentToken() == JsonToken.VALUE_STRING ? ids.applyAsInt(from.getText()) : 0;
        return id == 0 ? null : kind == Kind.Scalar.PORT ? (Object) new PortId(id) : (Object) id;
    }

    private static Object fraction(JsonParser from, Kind.Scalar kind) throws IOException {
        JsonToken token = from.currentToken();
        Double value = token.isNumeric() ? (Double) from.getDoubleValue() : token == JsonToken.VALUE_STRING ? special(from.getText()) : null;
        return value == null ? null : kind == Kind.Scalar.FLOAT ? (Object) value.floatValue() : value;
    }

    private static Double special(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> null;
        };
    }

    private static Object whole(Kind.Scalar kind, long value) {
        boolean isLong = kind == Kind.Scalar.LONG || kind == Kind.Scalar.LONG_OR_NULL;
        if (!isLong && value != (int) value) {
            return null;
        }
        return switch (kind) {
            case SHORT -> value == (short) value ? (Object) (short) value : null;
            case BYTE -> value == (byte) value ? (Object) (byte) value : null;
            default -> isLong ? (Object) value : (Object) (int) value;
        };
    }

    void write(JsonGenerator to, Schema schema) throws IOException {
        to.writeStartArray();
        for (Schema.Component component : schema.components()) {
            to.writeStartArray();
            to.writeString(component.name());
            write(to, component.kind());
            Object preset = schema.preset(component.name());
            if (preset != null) {
                write(to, component.kind(), preset);
            }
            to.writeEndArray();
        }
        to.writeEndArray();
    }

    private void write(JsonGenerator to, Kind kind) throws IOException {
        if (kind instanceof Kind.Scalar scalar) {
            to.writeString(scalar.text());
            return;
        }
        to.writeStartObject();
        switch (kind) {
            case Kind.Constants constants -> {
                to.writeArrayFieldStart("constants");
                for (String name : constants.names()) {
                    to.writeString(name);
                }
                to.writeEndArray();
            }
            case Kind.ListOf list -> {
                to.writeFieldName("list");
                write(to, list.element());
            }
            default -> {
                to.writeFieldName("record");
                write(to, ((Kind.Nested) kind).schema());
            }
        }
        to.writeEndObject();
    }

    /** Reads what {@link #write(JsonGenerator, Schema)} wrote. */
    Schema schema(JsonParser from) throws IOException {
        expect(from, JsonToken.START_ARRAY);
        List<Schema.Component> components = new ArrayList<>();
        Map<String, Object> presets = new HashMap<>();
        while (from.nextToken() == JsonToken.START_ARRAY) {
            String name = from.nextTextValue();
            from.nextToken();
            Kind kind = kind(from);
            if (name == null || components.stream().anyMatch(c -> c.name().equals(name))) {
                throw new IllegalArgumentException("component " + name + " (expected: a name, each once)");
            }
            components.add(new Schema.Component(name, kind));
            if (from.nextToken() != JsonToken.END_ARRAY) {
                presets.put(name, read(from, kind, name));
                from.nextToken();
            }
        }
        expect(from, JsonToken.END_ARRAY);
        return new Schema(components, presets);
    }

    private Kind kind(JsonParser from) throws IOException {
        if (from.currentToken() == JsonToken.START_OBJECT) {
            String what = from.nextFieldName();
            from.nextToken();
            Kind kind = switch (what) {
                case "constants" -> new Kind.Constants(list(from, Kind.Scalar.TEXT, "constants").stream().map(String.class::cast).toList());
                case "list" -> new Kind.ListOf(kind(from));
                case "record" -> new Kind.Nested(schema(from));
                case null, default -> null;
            };
            from.nextToken();
            if (kind != null) {
                return kind;
            }
        }
        Kind scalar = Kind.Scalar.of(String.valueOf(from.getText()));
        if (scalar == null) {
            throw new IllegalArgumentException("kind " + from.getText() + " (expected: one that this version of vNetwork knows)");
        }
        return scalar;
    }
}
