package org.vnetwork.core.row;

import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.vnetwork.model.PortId;

/**
 * What can be read in one table, by names that the next process understands: the number of the data type, a kind, and a key, a value or a port.
 *
 * @param type number of the data type in the journal
 */
record ReadNames(int type, RowCodec key) {
    private static final byte ROW = 0;
    private static final byte VALUE = 1;
    private static final byte ROOM = 2;
    private static final byte ROOM_OF_PORT = 3;

    private void begin(byte kind, ByteBuffer to) {
        to.putInt(type).put(kind);
    }

    /** A row, by its key. */
    boolean row(Record of, ByteBuffer to) {
        begin(ROW, to);
        key.write(of, to);
        return true;
    }

    /** The rows with a value in a component; without a name when no row can have it, since that never changes. */
    boolean value(Method accessor, Object value, ByteBuffer to) {
        if (!MethodType.methodType(accessor.getReturnType()).wrap().returnType().isInstance(value)) {
            return false;
        }
        byte[] component = accessor.getName().getBytes(StandardCharsets.UTF_8);
        begin(VALUE, to);
        to.putShort((short) component.length).put(component);
        RowCodec.of(accessor).write(value, to);
        return true;
    }

    /** Whether the table has room. */
    boolean room(ByteBuffer to) {
        begin(ROOM, to);
        return true;
    }

    /** Whether a port has room in the table. */
    boolean room(PortId port, ByteBuffer to) {
        begin(ROOM_OF_PORT, to);
        to.putInt(port.value());
        return true;
    }

    /**
     * What a name stands for, behind the number of the type.
     *
     * @throws IllegalArgumentException when it cannot be one
     * @throws java.nio.BufferUnderflowException likewise
     */
    Dependency find(RowTable table, ByteBuffer name) {
        byte kind = name.get();
        return switch (kind) {
            case ROW -> table.place((Record) key.read(name));
            case VALUE -> {
                byte[] component = new byte[name.getShort()];
                name.get(component);
                String text = new String(component, StandardCharsets.UTF_8);
                yield table.dependency(text, RowCodec.of(table.accessor(text)).read(name));
            }
            case ROOM -> table.room();
            case ROOM_OF_PORT -> table.ports().share(new PortId(name.getInt()));
            default -> throw new IllegalArgumentException("kind " + kind);
        };
    }
}
