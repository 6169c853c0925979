package org.vnetwork.shell;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.vnetwork.shell.text.Ink;

/**
 * One client of the console socket: a command, its answer, the end.
 *
 * <pre>
 * request   length | form     4 octets, big-endian, then UTF-8: json, text, or text and the columns of the terminal that it is for
 *           length | command  likewise, at most 64 KiB
 * answer    type | length | octets   1, 4, length; any number of times
 *           type O: standard output, E: standard error
 *           type X, at last: the exit status in decimal digits, 0 when the command succeeded
 * </pre>
 *
 * <p>A client that sends no whole request within {@link #PATIENCE}, or takes nothing of its answer for as long, is cut off.
 */
final class Connection implements Closeable {
    /** How long a client may keep its connection waiting. */
    static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Longest command, in octets. */
    static final int COMMAND_SIZE = 64 * 1024;
    private static final int FORM_SIZE = 16;
    private static final int CHUNK_SIZE = 32 * 1024;
    private final SocketChannel channel;
    private final ScheduledExecutorService clock;
    private final Duration patience;

    /** A connection that a clock cuts off when its client is too slow. */
    Connection(SocketChannel channel, ScheduledExecutorService clock, Duration patience) {
        this.channel = channel;
        this.clock = clock;
        this.patience = patience;
    }

    /** Runs a command for a client; virtual thread of the connection. */
    interface Runner {
        boolean run(String command, Form form, PrintStream out, PrintStream err);
    }

    /** Makes a command line for one client. */
    interface CommandLines {
        CommandLine make(PrintStream out, PrintStream err, Ink ink, IntSupplier width);
    }

    /** Runs each command in a command line of its own. */
    static Runner runner(CommandLines lines) {
        return (command, form, out, err) -> {
            try (CommandLine line = lines.make(out, err, Ink.PLAIN, form::width)) {
                return line.run(command, form.json());
            }
        };
    }

    /** Reads the request, runs it and answers. */
    void serve(Runner runner) throws IOException {
        String form;
        String command;
        ScheduledFuture<?> cut = cutLater();
        try {
            InputStream in = Channels.newInputStream(channel);
            form = read(in, FORM_SIZE);
            command = read(in, COMMAND_SIZE);
        } finally {
            cut.cancel(false);
        }
        if (form == null || command == null) {
            refuse("console: a request of this size (expected: at most " + COMMAND_SIZE + " octets of command)");
            return;
        }
        Optional<Form> wanted = Form.of(form);
        if (wanted.isEmpty()) {
            refuse("console: form " + form + " (expected: json or text)");
            return;
        }
        boolean succeeded;
        try (PrintStream out = frames('O'); PrintStream err = frames('E')) {
            succeeded = runner.run(command, wanted.get(), out, err);
        }
        send('X', (succeeded ? "0" : "1").getBytes(StandardCharsets.US_ASCII), 1);
    }

    /** Answers with an error. */
    void refuse(String message) throws IOException {
        byte[] line = (message + "\n").getBytes(StandardCharsets.UTF_8);
        send('E', line, line.length);
        send('X', new byte[] {'1'}, 1);
    }

    /** A string; null when it is longer than it may be. */
    private static String read(InputStream in, int limit) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int size = data.readInt();
        if (size < 0 || size > limit) {
            return null;
        }
        byte[] bytes = data.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("request ends early");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private PrintStream frames(char type) {
        OutputStream frames = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                send(type, java.util.Arrays.copyOfRange(bytes, from, from + length), length);
            }
        };
        return new PrintStream(new BufferedOutputStream(frames, CHUNK_SIZE), false, StandardCharsets.UTF_8);
    }

    private synchronized void send(char type, byte[] bytes, int length) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(5 + length).put((byte) type).putInt(length).put(bytes, 0, length).flip();
        ScheduledFuture<?> cut = cutLater();
        try {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        } finally {
            cut.cancel(false);
        }
    }

    private ScheduledFuture<?> cutLater() {
        return clock.schedule(this::cut, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cut() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed either way.
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
