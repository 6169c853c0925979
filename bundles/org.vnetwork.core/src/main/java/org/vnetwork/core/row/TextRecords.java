package org.vnetwork.core.row;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.vnetwork.control.RowDocument;
import org.vnetwork.model.Mac;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;

/** Makes keys and rows from what {@link Texts} writes. A record with a static {@code parse(String)} reads its own words. */
public final class TextRecords {
    private final ToIntFunction<String> ports;

    /** {@code ports}: the id of a port of this name; 0 when there is none. */
    public TextRecords(ToIntFunction<String> ports) {
        this.ports = ports;
    }

    /**
     * A record of a class.
     *
     * @param texts all of its components by name
     * @param what begins each error
     */
    public Record make(Class<?> type, Map<String, String> texts, String what) {
        RecordComponent[] components = type.getRecordComponents();
        String names = Arrays.stream(components).map(RecordComponent::getName).collect(Collectors.joining(","));
        if (texts.size() != components.length || Arrays.stream(components).anyMatch(c -> !texts.containsKey(c.getName()))) {
            throw Refusal.value(what, texts.keySet(), "the components " + names);
        }
        Object[] values = Arrays.stream(components).map(c -> {
            String place = what + " component " + c.getName();
            boolean mac = c.getType() == long.class && c.getName().endsWith("mac");
            return mac ? Mac.parse(texts.get(c.getName())) : value(c.getType(), c.getGenericType(), texts.get(c.getName()), place);
        }).toArray();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return (Record) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw refusal(what, e);
        }
    }

    private Object value(Class<?> type, Type generic, String text, String what) {
        if (type == PortId.class) {
            int port = ports.applyAsInt(text);
            if (port == 0) {
                throw Refusal.value(what, text, "the name of a port of this switch");
            }
            return new PortId(port);
        }
        if (type == List.class) {
            Class<?> element = (Class<?>) ((ParameterizedType) generic).getActualTypeArguments()[0];
            return inside(text, '[', ']', what, "a list as in [a b]").stream().map(part -> value(element, element, part, what)).toList();
        }
        if (type.isRecord()) {
            return record(type, text, what);
        }
        if (type.isEnum()) {
            return constant(type, text, what);
        }
        return scalar(type, text, what);
    }

    /** What stands between brackets or parentheses, in parts. */
    private static List<String> inside(String text, char open, char close, String what, String expected) {
        if (text.length() < 2 || text.charAt(0) != open || text.charAt(text.length() - 1) != close) {
            throw Refusal.value(what, text, expected);
        }
        String parts = text.substring(1, text.length() - 1).strip();
        return parts.isEmpty() ? List.of() : RowDocument.split(parts, open == '[' ? " ," : ",").stream().map(String::strip).filter(part -> !part.isEmpty()).toList();
    }

    private Object record(Class<?> type, String text, String what) {
        Method parse = parse(type);
        if (parse == null) {
            List<String> parts = inside(text, '(', ')', what, "components as in (name=value,name=value)");
            return make(type, parts.isEmpty() ? Map.of() : RowDocument.components(what, String.join(",", parts)), what);
        }
        try {
            parse.setAccessible(true);
            return parse.invoke(null, text);
        } catch (ReflectiveOperationException e) {
            throw refusal(what, e);
        }
    }

    private static Method parse(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).filter(m -> m.getName().equals("parse") && Modifier.isStatic(m.getModifiers()) && m.getReturnType() == type
                && Arrays.equals(m.getParameterTypes(), new Class<?>[] {String.class})).findFirst().orElse(null);
    }

    private static Object constant(Class<?> type, String text, String what) {
        List<String> names = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            String name = ((Enum<?>) constant).name();
            if (name.equals(text)) {
                return constant;
            }
            names.add(name);
        }
        throw Refusal.value(what, text, "one of " + String.join(", ", names));
    }

    private static Object scalar(Class<?> type, String text, String what) {
        try {
            return switch (type.getSimpleName()) {
                case "String" -> text;
                case "boolean", "Boolean" -> truth(text, what);
                case "int", "Integer" -> Integer.valueOf(text);
                case "long", "Long" -> Long.valueOf(text);
                case "short" -> Short.valueOf(text);
                case "byte" -> Byte.valueOf(text);
                case "double" -> Double.valueOf(text);
                case "float" -> Float.valueOf(text);
                case "char" -> character(text, what);
                default -> throw Refusal.value(what, text, "a component that can be written as text; " + type.getSimpleName() + " cannot");
            };
        } catch (NumberFormatException e) {
            boolean digits = text.matches("-?[0-9]+");
            throw Refusal.value(what, text, digits ? "a number that fits into " + type.getSimpleName() : "a number");
        }
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

    private static Refusal refusal(String what, ReflectiveOperationException e) {
        if (e instanceof InvocationTargetException thrown) {
            Throwable cause = thrown.getCause();
            return cause instanceof Refusal refusal ? refusal : new Refusal(what + ": " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()), e);
        }
        return new Refusal(what + ": cannot be made from text (" + e + ")", e);
    }
}
