package org.vnetwork.core.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.vnetwork.model.Refusal;

/**
 * Rows of one table in a file that says what they are: a line of JSON for the type, one for each row, one for their number. Ports stand by name. Any thread.
 *
 * @param type what the rows are of
 * @param owner symbolic name of the bundle that the type belongs to; empty when all share it
 */
public record RowFile(RowType type, String owner, List<Entry> rows) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String FORMAT = "vnetwork rows 1";

    /** A row; {@code idleMillis} it lives without a refresh, or -1. */
    record Entry(Values key, Values row, long idleMillis) {
    }

    /** Rows as they are now; on the loop. */
    static RowFile of(RowTable table, String owner) {
        List<Entry> rows = new ArrayList<>();
        table.eachRow(row -> rows.add(new Entry(row.key, row.value, row.idleNanos == Row.NEVER ? -1 : row.idleNanos / 1_000_000)));
        return new RowFile(table.type(), owner, rows);
    }

    /** How many rows. */
    public int count() {
        return rows.size();
    }

    /** Something that is written into a line. */
    private interface Writing {
        void to(JsonGenerator generator) throws IOException;
    }

    private static String line(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.writeStartArray();
            writing.to(generator);
            generator.writeEndArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.append('\n').toString();
    }

    /**
     * Writes it: a new file, forced to disk, then renamed over the old one.
     *
     * @param names names a port id
     * @throws Refusal when it cannot be written; then the file is as it was
     */
    public void write(Path file, IntFunction<String> names) {
        ValueStream stream = new ValueStream(names, null);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                StringBuilder text = new StringBuilder(line(g -> {
                    g.writeString(FORMAT);
                    g.writeString(type.id());
                    g.writeString(owner);
                    g.writeBoolean(type.policy());
                    stream.write(g, type.key());
                    stream.write(g, type.row());
                }));
                for (Entry row : rows) {
                    text.append(line(g -> {
                        stream.write(g, row.key());
                        stream.write(g, row.row());
                        g.writeNumber(row.idleMillis());
                    }));
                    drain(text, 1 << 16, channel);
                }
                text.append(line(g -> g.writeNumber(rows.size())));
                drain(text, 0, channel);
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            delete(fresh);
            throw new Refusal("file " + file + ": cannot be written (" + e + "); it is as it was", e);
        }
    }

    private static void drain(StringBuilder text, int most, FileChannel channel) throws IOException {
        if (text.length() > most) {
            ByteBuffer octets = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            text.setLength(0);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It was not written for the same reason.
        }
    }

    /** Something that is read from a line. */
    private interface Reading<T> {
        T from(JsonParser parser) throws IOException;
    }

    /** Reads a line; the parser is behind the bracket that begins it. */
    private static <T> T read(String what, String line, Reading<T> reading) {
        if (line == null) {
            throw new Refusal(what + ": the file ends here (expected: a last line with the number of rows); it was not written to its end");
        }
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("no list");
            }
            T read = reading.from(parser);
            if (parser.nextToken() != JsonToken.END_ARRAY) {
                throw new IllegalArgumentException("the line does not end where it should");
            }
            return read;
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            String why = e.getMessage() == null ? e.toString() : e.getMessage().lines().findFirst().orElse("");
            throw new Refusal(what + ": " + why + "; table:export writes such files", e);
        }
    }

    /**
     * Reads a file, all of it.
     *
     * @param ids the id of a port of this name; 0 when there is none
     * @throws Refusal naming the line in which something is wrong
     */
    public static RowFile read(Path file, ToIntFunction<String> ids) {
        ValueStream stream = new ValueStream(null, ids);
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            RowFile begun = read("file " + file + " line 1", reader.readLine(), parser -> header(parser, stream));
            Set<Values> keys = new HashSet<>();
            for (int number = 2;; number++) {
                String what = "file " + file + " line " + number;
                Entry entry = read(what, reader.readLine(), parser -> begun.entry(parser, stream));
                if (entry == null) {
                    return begun;
                }
                if (!keys.add(entry.key())) {
                    throw new Refusal(what + ": the row " + entry.key() + " stands twice (expected: once)");
                }
                begun.rows.add(entry);
            }
        } catch (IOException e) {
            throw new Refusal("file " + file + ": cannot be read (" + e + ")", e);
        }
    }

    private static RowFile header(JsonParser parser, ValueStream stream) throws IOException {
        String format = parser.nextTextValue();
        if (!FORMAT.equals(format)) {
            throw new IllegalArgumentException(format + " (expected: " + FORMAT + ")");
        }
        String id = parser.nextTextValue();
        String owner = parser.nextTextValue();
        if (id == null || owner == null || !RowType.isId(id)) {
            throw new IllegalArgumentException("data type " + id + " (expected: lower-case id, slash, version from 1)");
        }
        boolean policy = parser.nextBooleanValue();
        parser.nextToken();
        Schema key = stream.schema(parser);
        parser.nextToken();
        return new RowFile(new RowType(id, policy, key, stream.schema(parser)), owner, new ArrayList<>());
    }

    /** A row, or null for the last line. */
    private Entry entry(JsonParser parser, ValueStream stream) throws IOException {
        if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            if (parser.getIntValue() != rows.size()) {
                throw new IllegalArgumentException("the file has " + rows.size() + " rows (expected: " + parser.getIntValue() + ")");
            }
            return null;
        }
        Values key = stream.read(parser, type.key());
        parser.nextToken();
        Values row = stream.read(parser, type.row());
        long idleMillis = parser.nextLongValue(0);
        if (idleMillis != -1 && idleMillis < 1000) {
            throw new IllegalArgumentException("idle time " + idleMillis + " ms (expected: 1000 or more, or -1 for a row that stays)");
        }
        return new Entry(key, row, idleMillis);
    }
}
