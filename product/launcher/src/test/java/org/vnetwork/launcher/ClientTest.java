package org.vnetwork.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientTest {
    @TempDir
    Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void sendsFormAndCommandAndPrintsTheAnswer() throws Exception {
        CompletableFuture<String> request = serve((frames, command) -> {
            frame(frames, 'O', "Zürich ");
            frame(frames, 'E', "careful\n");
            frame(frames, 'O', "ok\n");
            frame(frames, 'X', "3");
        });
        assertEquals(3, run("switch:list 'ü'"));
        assertEquals("json switch:list 'ü' end", request.get());
        assertEquals("Zürich ok\n", out.toString(StandardCharsets.UTF_8));
        assertEquals("careful\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void failsWhenTheAnswerBreaksOff() throws Exception {
        serve((frames, command) -> frame(frames, 'O', "half"));
        assertEquals(1, run("flow:list"));
        assertEquals("sh: host \"one\" closed the connection before the command ended\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void saysThatNoHostIsRunning() throws Exception {
        assertEquals(1, run("flow:list"));
        assertEquals("sh: no host \"one\" is running (start it with ./vnet up)\n", err.toString(StandardCharsets.UTF_8));
    }

    private int run(String command) throws IOException {
        return Client.run("one", folder.resolve("console.sock"), "json", command, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private interface Answer {
        void write(DataOutputStream frames, String command) throws IOException;
    }

    /** Answers one request; the future holds what was received. */
    private CompletableFuture<String> serve(Answer answer) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("console.sock")));
        return CompletableFuture.supplyAsync(() -> {
            try (server; SocketChannel channel = server.accept()) {
                DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
                String form = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                String command = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                String end = in.read() == -1 ? "end" : "more";
                answer.write(new DataOutputStream(Channels.newOutputStream(channel)), command);
                return form + " " + command + " " + end;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void frame(DataOutputStream frames, char type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        frames.writeByte(type);
        frames.writeInt(bytes.length);
        frames.write(bytes);
    }
}
