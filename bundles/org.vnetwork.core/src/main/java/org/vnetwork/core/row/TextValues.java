package org.vnetwork.core.row;

import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.vnetwork.control.RowDocument;
import org.vnetwork.model.Ipv4Address;
import org.vnetwork.model.Ipv6Address;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/** Makes keys and rows from what {@link Texts} writes. A record with a static {@code parse(String)} reads its own words, as long as its class is there. */
final class TextValues {
    private final ToIntFunction<String> ports;

    /** {@code ports}: the id of a port of this name; 0 when there is none. */
    TextValues(ToIntFunction<String> ports) {
        this.ports = ports;
    }

    /**
     * Values of a schema.
     *
     * @param classes the codec of this schema, or null
     * @param texts all of its components by name
     * @param what begins each error
     */
    Values make(Schema schema, RecordCodec classes, Map<String, String> texts, String what) {
        boolean all = schema.names().stream().allMatch(name -> texts.containsKey(name) || schema.preset(name) != null);
        if (!all || !schema.names().containsAll(texts.keySet())) {
            throw Refusal.value(what, texts.keySet(), "the components " + String.join(",", schema.names()));
        }
        Object[] values = new Object[schema.size()];
        for (int i = 0; i < values.length; i++) {
            Schema.Component component = schema.components().get(i);
            String text = texts.get(component.name());
            values[i] = text == null ? schema.preset(component.name()) : component(component, classes == null ? null : classes.part(i), text, what + " component " + component.name());
        }
        Values made = new Values(schema, values);
        if (classes != null) {
            check(classes, made, what);
        }
        return made;
    }

    /** Refuses what the constructor of a class does. */
    static void check(RecordCodec classes, Values values, String what) {
        try {
            classes.live(values);
        } catch (Refusal e) {
            throw e;
        } catch (RuntimeException | Error e) {
            throw new Refusal(what + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
        }
    }

    /** The value of one component; {@code codec} as in {@link #make}. */
    Object component(Schema.Component component, Codec codec, String text, String what) {
        boolean mac = component.kind() == Kind.Scalar.LONG && component.name().endsWith("mac");
        return mac ? (Object) Mac.parse(text) : value(component.kind(), codec, text, what);
    }

    private Object value(Kind kind, Codec codec, String text, String what) {
        return switch (kind) {
            case Kind.ListOf list -> inside(text, '[', ']', what, "a list as in [a b]").stream()
                    .map(part -> value(list.element(), codec instanceof Codec.OfList of ? of.element() : null, part, what)).toList();
            case Kind.Nested nested -> record(nested.schema(), codec instanceof RecordCodec of ? of : null, text, what);
            case Kind.Constants constants -> {
                if (!constants.names().contains(text)) {
                    throw Refusal.value(what, text, constants.text());
                }
                yield text;
            }
            case Kind.Scalar scalar -> scalar(scalar, text, what);
        };
    }

    private Values record(Schema schema, RecordCodec codec, String text, String what) {
        if (codec != null && codec.parses()) {
            return codec.parsed(text, what);
        }
        List<String> parts = inside(text, '(', ')', what, "components as in (name=value,name=value)");
        return make(schema, codec, parts.isEmpty() ? Map.of() : RowDocument.components(what, String.join(",", parts)), what);
    }

    /** What stands between brackets or parentheses, in parts. */
    private static List<String> inside(String text, char open, char close, String what, String expected) {
        if (text.length() < 2 || text.charAt(0) != open || text.charAt(text.length() - 1) != close) {
            throw Refusal.value(what, text, expected);
        }
        String parts = text.substring(1, text.length() - 1).strip();
        return parts.isEmpty() ? List.of() : RowDocument.split(parts, open == '[' ? " ," : ",").stream().map(String::strip).filter(part -> !part.isEmpty()).toList();
    }

    private Object scalar(Kind.Scalar kind, String text, String what) {
        try {
            return switch (kind) {
                case TEXT -> text;
                case BOOLEAN, BOOLEAN_OR_NULL -> truth(text, what);
                case INT, INTEGER, PORT_NUMBER -> Integer.valueOf(text);
                case LONG, LONG_OR_NULL -> Long.valueOf(text);
                case SHORT -> Short.valueOf(text);
                case BYTE -> Byte.valueOf(text);
                case DOUBLE -> Double.valueOf(text);
                case FLOAT -> Float.valueOf(text);
                case CHAR -> character(text, what);
                case PORT -> port(text, what);
                case IPV4 -> Ipv4Address.parse(text);
                case IPV6 -> Ipv6Address.parse(text);
            };
        } catch (NumberFormatException e) {
            boolean digits = text.matches("-?[0-9]+");
            throw Refusal.value(what, text, digits ? "a number that fits into " + kind.text().replace("?", "") : "a number");
        }
    }

    private PortId port(String name, String what) {
        int port = ports.applyAsInt(name);
        if (port == 0) {
            throw Refusal.value(what, name, "the name of a port of this switch");
        }
        return new PortId(port);
    }

    private static Boolean truth(String text, String what) {
        return switch (text) {
            // Tables show yes and no.
            case "true", "yes" -> true;
            case "false", "no" -> false;
            default -> throw Refusal.value(what, text, "true or false");
        };
    }

    private static Character character(String text, String what) {
        if (text.length() != 1) {
            throw Refusal.value(what, text, "one character");
        }
        return text.charAt(0);
    }
}
