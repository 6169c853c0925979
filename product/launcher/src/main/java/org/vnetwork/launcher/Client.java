package org.vnetwork.launcher;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Runs console commands in a running host, through its Unix socket.
 *
 * <p>Request: the form ({@code text} or {@code json}) and the command, each a 4-byte big-endian length and UTF-8 bytes; then the
 * sending side is closed. Answer: frames of one type byte, a 4-byte big-endian length and the bytes. {@code O} is standard
 * output, {@code E} standard error, {@code X} ends the answer and holds the exit status in decimal digits.
 */
public final class Client {
    private static final int BROKEN = 1;

    private Client() {
    }

    /**
     * Runs one command, or without one each line of standard input until the first that fails.
     *
     * @param arguments the host's name, its run folder, {@code text} or {@code json}, then the command
     */
    public static void main(String[] arguments) throws IOException {
        String host = arguments[0];
        Path socket = Path.of(arguments[1], "console.sock");
        String form = arguments[2];
        int status = arguments.length > 3
                ? run(host, socket, form, arguments[3], System.out, System.err)
                : runLines(host, socket, form);
        System.out.flush();
        System.exit(status);
    }

    private static int runLines(String host, Path socket, String form) throws IOException {
        boolean terminal = System.console() != null && System.console().isTerminal();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (true) {
            if (terminal) {
                System.out.print(host + "> ");
                System.out.flush();
            }
            String line = lines.readLine();
            if (line == null) {
                return 0;
            }
            int status = line.isBlank() ? 0 : run(host, socket, form, line, System.out, System.err);
            if (status != 0 && !terminal) {
                return status;
            }
        }
    }

    static int run(String host, Path socket, String form, String command, PrintStream out, PrintStream err) throws IOException {
        SocketChannel channel;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            err.println("sh: no host \"" + host + "\" is running (start it with ./vnet up)");
            return BROKEN;
        }
        try (channel) {
            send(channel, form);
            send(channel, command);
            channel.shutdownOutput();
            return receive(new DataInputStream(Channels.newInputStream(channel)), out, err);
        } catch (EOFException e) {
            err.println("sh: host \"" + host + "\" closed the connection before the command ended");
            return BROKEN;
        }
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).flip();
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    private static int receive(DataInputStream answer, PrintStream out, PrintStream err) throws IOException {
        while (true) {
            byte type = answer.readByte();
            byte[] bytes = new byte[answer.readInt()];
            answer.readFully(bytes);
            switch (type) {
                case 'O' -> out.write(bytes);
                case 'E' -> err.write(bytes);
                case 'X' -> {
                    return Integer.parseInt(new String(bytes, StandardCharsets.US_ASCII));
                }
                default -> throw new EOFException("frame type " + type);
            }
            out.flush();
        }
    }
}
