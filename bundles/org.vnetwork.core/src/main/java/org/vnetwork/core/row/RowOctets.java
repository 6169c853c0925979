package org.vnetwork.core.row;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;

/** Values and schemas as CBOR in records of the journal (RFC 8949). Loop thread only. */
final class RowOctets {
    private static final CBORFactory CBOR = new CBORFactory();

    private ByteBuffer target;
    private JsonGenerator generator;

    /** Something that can be written. */
    private interface Writing {
        void to(JsonGenerator generator) throws IOException;
    }

    void write(Values values, ByteBuffer to) {
        write(to, g -> ValueStream.NUMBERS.write(g, values));
    }

    void write(Kind kind, Object value, ByteBuffer to) {
        write(to, g -> ValueStream.NUMBERS.write(g, kind, value));
    }

    /** A data type, with its owner. */
    void write(RowType type, String owner, ByteBuffer to) {
        write(to, g -> {
            g.writeStartArray();
            g.writeString(type.id());
            g.writeString(owner);
            g.writeBoolean(type.policy());
            ValueStream.NUMBERS.write(g, type.key());
            ValueStream.NUMBERS.write(g, type.row());
            g.writeEndArray();
        });
    }

    /** One generator writes all: a new one for each row would cost more than the row. Throws BufferOverflowException when there is no room. */
    private void write(ByteBuffer to, Writing writing) {
        target = to;
        try {
            if (generator == null) {
                generator = CBOR.createGenerator(new Target());
            }
            writing.to(generator);
            generator.flush();
        } catch (IOException | RuntimeException e) {
            // It holds half a row.
            generator = null;
            throw e instanceof RuntimeException failure ? failure : new IllegalArgumentException(e.toString(), e);
        }
    }

    private final class Target extends OutputStream {
        @Override
        public void write(int octet) {
            target.put((byte) octet);
        }

        @Override
        public void write(byte[] octets, int from, int count) {
            if (count > target.remaining()) {
                throw new BufferOverflowException();
            }
            target.put(octets, from, count);
        }
    }

    /** Something that can be read. */
    interface Reading<T> {
        T from(JsonParser parser) throws IOException;
    }

    /** Reads from a buffer, whose position then is behind what was read; throws IllegalArgumentException when it is something else. */
    static <T> T read(ByteBuffer from, Reading<T> reading) {
        int begin = from.arrayOffset() + from.position();
        try (JsonParser parser = CBOR.createParser(new ByteArrayInputStream(from.array(), begin, from.remaining()))) {
            parser.nextToken();
            T read = reading.from(parser);
            from.position(from.position() + (int) parser.currentLocation().getByteOffset());
            return read;
        } catch (IOException | ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException(e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse(""), e);
        }
    }

    Values read(Schema schema, ByteBuffer from) {
        return read(from, parser -> ValueStream.NUMBERS.read(parser, schema));
    }

    Object read(Kind kind, ByteBuffer from) {
        return read(from, parser -> ValueStream.NUMBERS.read(parser, kind, "value"));
    }

    /** A data type and its owner. */
    record Typed(RowType type, String owner) {
    }

    static Typed type(ByteBuffer from) {
        return read(from, parser -> {
            String id = parser.nextTextValue();
            String owner = parser.nextTextValue();
            boolean policy = parser.nextBooleanValue();
            parser.nextToken();
            Schema key = ValueStream.NUMBERS.schema(parser);
            parser.nextToken();
            return new Typed(new RowType(id, policy, key, ValueStream.NUMBERS.schema(parser)), owner);
        });
    }
}
