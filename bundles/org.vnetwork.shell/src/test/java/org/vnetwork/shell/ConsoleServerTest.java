package org.vnetwork.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.model.Refusal;

/** The socket and its protocol, with a client of the test's own. */
@Timeout(30)
class ConsoleServerTest {
    @TempDir
    Path folder;
    private final TestConsole console = TestConsole.after("switch:create sw1");
    private final List<ConsoleServer> servers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (ConsoleServer server : servers) {
            server.stop();
        }
        console.close();
    }

    private ConsoleServer server(Connection.Runner runner) throws IOException {
        return server(runner, Connection.PATIENCE);
    }

    private ConsoleServer server(Connection.Runner runner, Duration patience) throws IOException {
        ConsoleServer server = new ConsoleServer(folder.toString(), runner, patience);
        servers.add(server);
        return server;
    }

    private Connection.Runner commands() {
        return Connection.runner((out, err, ink, width) -> new CommandLine(console.processor, console.commands, out, err, ink, width));
    }

    private Path socket() {
        return folder.resolve("console.sock");
    }

    /** What came back: standard output, standard error, exit status. */
    private record Answer(String out, String err, String status) {
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    private Answer ask(String form, String command) throws IOException {
        try (SocketChannel client = connect()) {
            client.write(string(form));
            client.write(string(command));
            return answer(client);
        }
    }

    private static ByteBuffer string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).flip();
    }

    private static Answer answer(SocketChannel client) throws IOException {
        DataInputStream in = new DataInputStream(Channels.newInputStream(client));
        StringBuilder out = new StringBuilder();
        StringBuilder err = new StringBuilder();
        while (true) {
            char type = (char) in.readByte();
            String text = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
            switch (type) {
                case 'O' -> out.append(text);
                case 'E' -> err.append(text);
                default -> {
                    assertEquals('X', type);
                    assertEquals(-1, in.read());
                    return new Answer(out.toString(), err.toString(), text);
                }
            }
        }
    }

    @Test
    void answersACommandAndItsFailure() throws IOException {
        server(commands());
        assertEquals(new Answer("+ port:add sw1 p --sim --access 1\n", "", "0"), ask("text", "port:add sw1 p --sim"));
        assertEquals(new Answer("", "switch: nope (expected: one of sw1); switch:list shows them, switch:create makes one\n", "1"), ask("text", "switch:show nope"));
    }

    @Test
    void answersInJsonWhenAsked() throws IOException {
        server(commands());
        Answer answer = ask("json", "clock:show sw1");
        assertEquals("0", answer.status());
        assertEquals("{\"clockMillis\":0}", answer.out().replaceAll("\\s", ""));
    }

    @Test
    void linesAreNoLongerThanTheClientsTerminal() throws IOException {
        server(commands());
        String whole = ask("text", "flow:list sw1").out();
        assertTrue(whole.lines().anyMatch(l -> l.length() > 50), whole);
        assertEquals(whole, ask("text ", "flow:list sw1").out());
        String narrow = ask("text 50", "flow:list sw1").out();
        assertTrue(narrow.lines().allMatch(l -> l.length() <= 50), narrow);
        assertTrue(ask("text 50", "switch:show nope").err().lines().allMatch(l -> l.length() <= 50));
        assertEquals("1", ask("text x", "flow:list sw1").status());
    }

    @Test
    void onlyTheOwnerMayConnect() throws IOException {
        server(commands());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        try (var entries = Files.list(folder)) {
            assertEquals(List.of(socket()), entries.toList());
        }
    }

    @Test
    void carriesLongOutputWhole() throws IOException {
        String line = "äöü ".repeat(50_000);
        server((command, json, out, err) -> {
            out.print(line);
            return true;
        });
        assertEquals(line, ask("text", "x").out());
    }

    @Test
    void refusesWhatIsTooLongOrOfNoForm() throws IOException {
        server(commands());
        assertEquals("1", ask("text", "x".repeat(Connection.COMMAND_SIZE)).status());
        try (SocketChannel client = connect()) {
            client.write(string("text"));
            client.write(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).flip());
            assertEquals("console: a request of this size (expected: at most 65536 octets of command)\n", answer(client).err());
        }
        assertEquals(new Answer("", "console: form xml (expected: json or text)\n", "1"), ask("xml", "switch:list"));
    }

    @Test
    void oneClientTooManyIsToldToComeBack() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(ConsoleServer.CONNECTIONS);
        server((command, json, out, err) -> {
            running.countDown();
            try {
                return end.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        });
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<java.util.concurrent.Future<Answer>>();
            for (int i = 0; i < ConsoleServer.CONNECTIONS; i++) {
                waiting.add(clients.submit(() -> ask("text", "x")));
            }
            assertTrue(running.await(10, TimeUnit.SECONDS));
            assertEquals(new Answer("", "console: 16 commands are running (expected: fewer); try again\n", "1"), ask("text", "x"));
            end.countDown();
            for (var client : waiting) {
                assertEquals("0", client.get().status());
            }
        }
    }

    @Test
    void replacesASocketThatNobodyAnswers() throws IOException {
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket()));
        dead.close();
        assertTrue(Files.exists(socket()));
        server(commands());
        assertEquals("0", ask("text", "switch:list").status());
    }

    @Test
    void leavesASocketThatSomebodyAnswers() throws IOException {
        server(commands());
        assertThrows(Refusal.class, () -> server(commands()));
        assertEquals("0", ask("text", "switch:list").status());
    }

    @Test
    void isGoneAfterTheStop() throws IOException {
        ConsoleServer server = server(commands());
        server.stop();
        assertFalse(Files.exists(socket()));
    }

    @Test
    void aClientThatStallsIsCutOff() throws IOException {
        server((command, json, out, err) -> {
            out.print("x".repeat(10_000_000));
            return !out.checkError();
        }, Duration.ofMillis(200));
        try (SocketChannel silent = connect(); SocketChannel deaf = connect()) {
            deaf.write(string("text"));
            deaf.write(string("x"));
            assertThrows(IOException.class, () -> answer(silent));
            assertEquals(-1, silent.read(ByteBuffer.allocate(1)));
        }
        assertEquals("0", ask("text", "x").status());
    }

    @Test
    void aClientThatIsCutOffHarmsNobody() throws IOException {
        server(commands());
        try (SocketChannel client = connect()) {
            client.write(ByteBuffer.wrap(new byte[] {0, 0}));
            client.shutdownOutput();
            assertThrows(EOFException.class, () -> answer(client));
        }
        assertEquals("0", ask("text", "switch:list").status());
    }
}
