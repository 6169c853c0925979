package org.vnetwork.core.row;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.Default;

/** Between records of one class and {@link Values}; checks when it is made that the class can be a key or row. */
final class RecordCodec implements Codec {
    private static final MethodType ONE = MethodType.methodType(Object.class, Object.class);

    private final Class<? extends Record> type;
    private final Schema schema;
    private final Codec[] parts;
    private final MethodHandle[] getters;
    private final MethodHandle maker;
    private final Method parse;
    private final boolean words;

    /** The codec of keys or rows of a data type. */
    static RecordCodec of(Class<? extends Record> type, String id) {
        return new RecordCodec(type, id, 0);
    }

    RecordCodec(Class<? extends Record> type, String what, int depth) {
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        parts = new Codec[components.length];
        getters = new MethodHandle[components.length];
        List<Schema.Component> described = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            String place = what + " component " + components[i].getName();
            boolean isPort = type == PortId.class;
            parts[i] = isPort ? new OfScalar(Kind.Scalar.PORT_NUMBER) : Codec.of(components[i].getType(), components[i].getGenericType(), place, depth);
            getters[i] = handle(components[i].getAccessor());
            described.add(new Schema.Component(components[i].getName(), parts[i].kind()));
        }
        maker = maker(type, components);
        parse = method("parse", String.class);
        words = ownWords();
        schema = new Schema(described, presets(components, what));
    }

    private Map<String, Object> presets(RecordComponent[] components, String what) {
        Map<String, Object> presets = new HashMap<>();
        for (int i = 0; i < components.length; i++) {
            Default preset = components[i].getAnnotation(Default.class);
            if (preset != null) {
                presets.put(components[i].getName(), new TextValues(port -> 0).component(new Schema.Component(components[i].getName(), parts[i].kind()), parts[i], preset.value(),
                        what + " component " + components[i].getName() + " default"));
            }
        }
        return presets;
    }

    private boolean ownWords() {
        try {
            return type.getMethod("toString").getDeclaringClass() == type && Arrays.stream(type.getDeclaredMethods()).anyMatch(m -> m.getName().equals("toString") && m.getParameterCount() == 0);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private MethodHandle handle(Method accessor) {
        try {
            accessor.setAccessible(true);
            return MethodHandles.lookup().unreflect(accessor).asType(ONE);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("component " + accessor.getName() + " of " + type.getName() + " cannot be read", e);
        }
    }

    private static MethodHandle maker(Class<?> type, RecordComponent[] components) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return MethodHandles.lookup().unreflectConstructor(constructor).asSpreader(Object[].class, components.length).asType(MethodType.methodType(Object.class, Object[].class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException("record " + type.getName() + " cannot be made", e);
        }
    }

    /** A static method of the class with this one parameter that returns the class; null when it has none. */
    Method method(String name, Class<?> parameter) {
        return Arrays.stream(type.getDeclaredMethods()).filter(m -> m.getName().equals(name) && Modifier.isStatic(m.getModifiers()) && m.getReturnType() == type
                && Arrays.equals(m.getParameterTypes(), new Class<?>[] {parameter})).findFirst().orElse(null);
    }

    Class<? extends Record> type() {
        return type;
    }

    Schema schema() {
        return schema;
    }

    Codec part(int place) {
        return parts[place];
    }

    @Override
    public Kind kind() {
        return new Kind.Nested(schema);
    }

    @Override
    public Values neutral(Object live) {
        Object[] values = new Object[parts.length];
        for (int i = 0; i < values.length; i++) {
            Object value = Codec.call(getters[i], live);
            values[i] = value == null ? null : parts[i].neutral(value);
        }
        return new Values(schema, values);
    }

    @Override
    public Record live(Object neutral) {
        Values from = (Values) neutral;
        Object[] values = new Object[parts.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = from.get(i) == null ? null : parts[i].live(from.get(i));
        }
        try {
            return (Record) (Object) maker.invokeExact(values);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e.toString(), e);
        }
    }

    /** The words that the class itself has for a record; null when it has none. */
    String words(Values neutral) {
        if (!words) {
            return null;
        }
        String own = live(neutral).toString();
        return own.startsWith(type.getSimpleName() + "[") ? null : own;
    }

    /** Whether the class reads its own words. */
    boolean parses() {
        return parse != null;
    }

    /** What the class reads from its own words. */
    Values parsed(String text, String what) {
        try {
            parse.setAccessible(true);
            return neutral(parse.invoke(null, text));
        } catch (ReflectiveOperationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof Refusal refusal ? refusal : new Refusal(what + ": " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()), e);
        }
    }
}
