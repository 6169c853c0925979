package org.vnetwork.core.row;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.vnetwork.model.PortId;

/**
 * What can be read in one table, by names that the next process understands: the number of the schema, a kind, and a key, a value or a port.
 *
 * @param type number of the data type's schema in the journal
 * @param key schema of keys under that number
 * @param row schema of rows under that number
 */
record ReadNames(int type, Schema key, Schema row, RowOctets octets) {
    private static final byte ROW = 0;
    private static final byte VALUE = 1;
    private static final byte ROOM = 2;
    private static final byte ROOM_OF_PORT = 3;
    private static final byte ANY = 4;

    private void begin(byte kind, ByteBuffer to) {
        to.putInt(type).put(kind);
    }

    /** A row, by its key. */
    boolean row(Values of, ByteBuffer to) {
        begin(ROW, to);
        octets.write(of, to);
        return true;
    }

    /** The rows with a value in a component. */
    boolean value(String component, Object value, ByteBuffer to) {
        byte[] name = component.getBytes(StandardCharsets.UTF_8);
        begin(VALUE, to);
        to.putShort((short) name.length).put(name);
        octets.write(kind(component), value, to);
        return true;
    }

    private Kind kind(String component) {
        int inKey = key.place(component);
        return inKey >= 0 ? key.kind(inKey) : row.kind(row.place(component));
    }

    /** Whether the table has room. */
    boolean room(ByteBuffer to) {
        begin(ROOM, to);
        return true;
    }

    /** Whether anything changes in the table. */
    boolean any(ByteBuffer to) {
        begin(ANY, to);
        return true;
    }

    /** Whether a port has room in the table. */
    boolean room(PortId port, ByteBuffer to) {
        begin(ROOM_OF_PORT, to);
        to.putInt(port.value());
        return true;
    }

    /**
     * What a name stands for, behind the number of the schema.
     *
     * @throws IllegalArgumentException when it cannot be one
     * @throws java.nio.BufferUnderflowException likewise
     * @throws Conversion.Misfit when it has no place in the table's schema of now
     */
    Dependency find(RowTable table, ByteBuffer name) {
        byte kind = name.get();
        return switch (kind) {
            case ROW -> {
                Conversion conversion = Conversion.between(key, table.keySchema());
                Values found = octets.read(key, name);
                yield table.place(conversion == null ? found : conversion.apply(found));
            }
            case VALUE -> {
                byte[] component = new byte[name.getShort()];
                name.get(component);
                yield value(table, new String(component, StandardCharsets.UTF_8), name);
            }
            case ROOM -> table.room();
            case ANY -> table.any();
            case ROOM_OF_PORT -> table.ports().share(new PortId(name.getInt()));
            default -> throw new IllegalArgumentException("kind " + kind);
        };
    }

    private Dependency value(RowTable table, String component, ByteBuffer name) {
        Object value = octets.read(kind(component), name);
        boolean inKey = key.place(component) >= 0;
        Conversion conversion = inKey ? Conversion.between(key, table.keySchema()) : Conversion.between(row, table.rowSchema());
        Object now = conversion == null ? value : conversion.component(component, value);
        if (now == null) {
            throw new IllegalArgumentException("component " + component);
        }
        return table.indexes().dependency(component, now);
    }
}
