package org.vnetwork.core.row;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes records of one class as octets without names, and reads them back; the schema tells what the octets mean.
 *
 * <p>Equal schemas mean that the octets of one class can be read as the other, whoever loaded it.
 */
interface RowCodec {
    /** Writes a value. */
    void write(Object value, ByteBuffer to);

    /** Reads a value; throws {@link IllegalArgumentException} when it cannot be one. */
    Object read(ByteBuffer from);

    /** What is written, as text: {@code (vlan:int,mac:long)}. */
    String schema();

    /** The codec of a record class that was checked by {@link RowType}. */
    static RowCodec of(Class<? extends Record> type) {
        return new OfRecord(type);
    }

    /** The codec of a component. */
    static RowCodec of(Method accessor) {
        return of(accessor.getReturnType(), accessor.getGenericReturnType());
    }

    private static RowCodec of(Class<?> type, java.lang.reflect.Type generic) {
        if (type.isRecord()) {
            return new OfRecord(type.asSubclass(Record.class));
        }
        if (type.isEnum()) {
            return new OfEnum(type);
        }
        if (type == List.class) {
            Class<?> element = (Class<?>) ((ParameterizedType) generic).getActualTypeArguments()[0];
            return new OfList(of(element, element));
        }
        return new OfScalar(type);
    }

    /** A count, or -1 for null, and what is counted. */
    private static boolean writeCount(Object value, int count, ByteBuffer to) {
        to.putInt(value == null ? -1 : count);
        return value != null;
    }

    private static int readCount(ByteBuffer from) {
        int count = from.getInt();
        if (count < -1 || count > from.remaining()) {
            throw new IllegalArgumentException("a count of " + count);
        }
        return count;
    }

    private static void writeText(String text, ByteBuffer to) {
        byte[] octets = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        if (writeCount(text, octets.length, to)) {
            to.put(octets);
        }
    }

    private static String readText(ByteBuffer from) {
        int count = readCount(from);
        if (count < 0) {
            return null;
        }
        byte[] octets = new byte[count];
        from.get(octets);
        return new String(octets, StandardCharsets.UTF_8);
    }

    /** Numbers, truth values, characters and texts. */
    record OfScalar(Class<?> type) implements RowCodec {
        @Override
        public void write(Object value, ByteBuffer to) {
            if (type == String.class) {
                writeText((String) value, to);
                return;
            }
            if (!type.isPrimitive() && !writeCount(value, 0, to)) {
                return;
            }
            switch (value) {
                case Integer v -> to.putInt(v);
                case Long v -> to.putLong(v);
                case Short v -> to.putShort(v);
                case Byte v -> to.put(v);
                case Boolean v -> to.put((byte) (v ? 1 : 0));
                case Character v -> to.putChar(v);
                case Double v -> to.putDouble(v);
                case Float v -> to.putFloat(v);
                default -> throw new IllegalArgumentException(type.getName());
            }
        }

        @Override
        public Object read(ByteBuffer from) {
            if (type == String.class) {
                return readText(from);
            }
            if (!type.isPrimitive() && readCount(from) < 0) {
                return null;
            }
            return switch (schema().toLowerCase(java.util.Locale.ROOT)) {
                case "int", "integer" -> from.getInt();
                case "long" -> from.getLong();
                case "short" -> from.getShort();
                case "byte" -> from.get();
                case "boolean" -> from.get() != 0;
                case "char" -> from.getChar();
                case "double" -> from.getDouble();
                case "float" -> from.getFloat();
                default -> throw new IllegalArgumentException(type.getName());
            };
        }

        @Override
        public String schema() {
            return type.getSimpleName();
        }
    }

    /** Names of constants. */
    record OfEnum(Class<?> type) implements RowCodec {
        @Override
        public void write(Object value, ByteBuffer to) {
            writeText(value == null ? null : ((Enum<?>) value).name(), to);
        }

        @Override
        public Object read(ByteBuffer from) {
            String name = readText(from);
            return name == null ? null : Arrays.stream(type.getEnumConstants()).filter(c -> ((Enum<?>) c).name().equals(name)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(type.getSimpleName() + " has no " + name));
        }

        @Override
        public String schema() {
            return "enum";
        }
    }

    /** Elements of one kind. */
    record OfList(RowCodec element) implements RowCodec {
        @Override
        public void write(Object value, ByteBuffer to) {
            List<?> list = (List<?>) value;
            if (writeCount(value, list == null ? 0 : list.size(), to)) {
                list.forEach(v -> element.write(v, to));
            }
        }

        @Override
        public Object read(ByteBuffer from) {
            int count = readCount(from);
            if (count < 0) {
                return null;
            }
            List<Object> list = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                list.add(element.read(from));
            }
            return List.copyOf(list);
        }

        @Override
        public String schema() {
            return "[" + element.schema() + "]";
        }
    }

    /** Components in order. */
    final class OfRecord implements RowCodec {
        private final List<Method> accessors = new ArrayList<>();
        private final List<RowCodec> codecs = new ArrayList<>();
        private final Constructor<? extends Record> constructor;
        private final String schema;

        OfRecord(Class<? extends Record> type) {
            RecordComponent[] components = type.getRecordComponents();
            for (RecordComponent component : components) {
                accessors.add(component.getAccessor());
                codecs.add(RowCodec.of(component.getType(), component.getGenericType()));
            }
            schema = Arrays.stream(components).map(c -> c.getName() + ":" + RowCodec.of(c.getType(), c.getGenericType()).schema()).collect(Collectors.joining(",", "(", ")"));
            try {
                constructor = type.getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
                constructor.setAccessible(true);
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("record " + type.getName() + " has no canonical constructor", e);
            }
        }

        @Override
        public void write(Object value, ByteBuffer to) {
            if (writeCount(value, 0, to)) {
                for (int i = 0; i < codecs.size(); i++) {
                    codecs.get(i).write(RowType.invoke(accessors.get(i), (Record) value), to);
                }
            }
        }

        @Override
        public Object read(ByteBuffer from) {
            if (readCount(from) < 0) {
                return null;
            }
            Object[] values = codecs.stream().map(c -> c.read(from)).toArray();
            try {
                return constructor.newInstance(values);
            } catch (InvocationTargetException | InstantiationException | IllegalAccessException e) {
                throw new IllegalArgumentException("not a " + constructor.getDeclaringClass().getSimpleName() + ": " + e, e);
            }
        }

        @Override
        public String schema() {
            return schema;
        }
    }
}
