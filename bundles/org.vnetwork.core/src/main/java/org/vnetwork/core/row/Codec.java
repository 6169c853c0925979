package org.vnetwork.core.row;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.vnetwork.model.Refusal;

/** Between components as the classes of one generation have them and neutral values; holds these classes. */
sealed interface Codec permits Codec.OfScalar, Codec.OfEnum, Codec.OfList, RecordCodec {
    /** Records inside each other, beyond which a record is taken to contain itself. */
    int DEEPEST = 16;

    /** What the neutral values are. */
    Kind kind();

    /** The neutral value of one that is not null. */
    Object neutral(Object live);

    /** The live value of a neutral one that is not null; throws what a constructor throws. */
    Object live(Object neutral);

    /**
     * The codec of a component.
     *
     * @param what names it in a refusal
     */
    static Codec of(Class<?> type, Type generic, String what, int depth) {
        Kind.Scalar scalar = Kind.Scalar.of(type);
        if (scalar != null) {
            return new OfScalar(scalar);
        }
        if (type.isEnum()) {
            return new OfEnum(type);
        }
        if (type.isRecord() && depth < DEEPEST) {
            return new RecordCodec(type.asSubclass(Record.class), what, depth + 1);
        }
        if (type == List.class && generic instanceof ParameterizedType list && list.getActualTypeArguments()[0] instanceof Class<?> element) {
            return new OfList(of(element, element, what, depth));
        }
        throw Refusal.value(what, type.getName(), "a primitive, String, enum, record or List of these");
    }

    /** Values that stand for themselves. */
    record OfScalar(Kind kind) implements Codec {
        @Override
        public Object neutral(Object live) {
            return live;
        }

        @Override
        public Object live(Object neutral) {
            return neutral;
        }
    }

    /** Constants. */
    final class OfEnum implements Codec {
        private final Kind.Constants kind;
        private final Map<String, Object> constants = new HashMap<>();

        OfEnum(Class<?> type) {
            kind = new Kind.Constants(Arrays.stream(type.getEnumConstants()).map(c -> ((Enum<?>) c).name()).toList());
            Arrays.stream(type.getEnumConstants()).forEach(c -> constants.put(((Enum<?>) c).name(), c));
        }

        @Override
        public Kind kind() {
            return kind;
        }

        @Override
        public Object neutral(Object live) {
            return ((Enum<?>) live).name();
        }

        @Override
        public Object live(Object neutral) {
            return constants.get(neutral);
        }
    }

    /** Lists. */
    record OfList(Codec element, Kind kind) implements Codec {
        OfList(Codec element) {
            this(element, new Kind.ListOf(element.kind()));
        }

        @Override
        public Object neutral(Object live) {
            return element instanceof OfScalar ? same((List<?>) live) : each((List<?>) live, element::neutral);
        }

        @Override
        public Object live(Object neutral) {
            return element instanceof OfScalar ? neutral : each((List<?>) neutral, element::live);
        }

        /** An immutable list is not copied; one with nulls cannot be {@link List#copyOf copied} so. */
        private static List<?> same(List<?> list) {
            try {
                return List.copyOf(list);
            } catch (NullPointerException e) {
                return each(list, v -> v);
            }
        }

        private static List<Object> each(List<?> list, UnaryOperator<Object> change) {
            List<Object> changed = new ArrayList<>(list.size());
            list.forEach(v -> changed.add(v == null ? null : change.apply(v)));
            return Collections.unmodifiableList(changed);
        }
    }

    /** Calls a handle; what it throws comes through. */
    static Object call(MethodHandle handle, Object argument) {
        try {
            return handle.invokeExact(argument);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e.toString(), e);
        }
    }
}
