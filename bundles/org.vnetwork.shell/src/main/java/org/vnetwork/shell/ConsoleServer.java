package org.vnetwork.shell;

import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.model.Refusal;

/**
 * Takes commands through a Unix socket, {@code console.sock} in the run folder, for its owner only.
 *
 * <p>It appears when the host is there and all commands are, so that its presence means: ready. One command per connection, a virtual
 * thread each, at most {@link #CONNECTIONS} at a time; see {@link Connection} for the protocol.
 */
@Component(service = {}, immediate = true)
public final class ConsoleServer {
    /** Clients served at a time; one more is told to come back. */
    static final int CONNECTIONS = 16;
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleServer.class);
    private final Connection.Runner runner;
    private final Duration patience;
    private final Path socket;
    private final ServerSocketChannel listener;
    private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1,
            Thread.ofVirtual().name("console-patience").factory(), new ThreadPoolExecutor.DiscardPolicy());
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

    /** Called by the component runtime; without framework property {@code vnet.run.dir} there is no socket. */
    @Activate
    public ConsoleServer(BundleContext context, @Reference Shell shell) throws IOException {
        this(context.getProperty("vnet.run.dir"), Connection.runner(shell::commandLine), Connection.PATIENCE);
    }

    /** Listens in a folder, or nowhere for null. */
    ConsoleServer(String folder, Connection.Runner runner, Duration patience) throws IOException {
        this.runner = runner;
        this.patience = patience;
        socket = folder == null ? null : Path.of(folder, "console.sock");
        listener = folder == null ? null : listen(socket);
        if (listener != null) {
            Thread.ofVirtual().name("console-accept").start(this::accept);
        }
    }

    /** Binds out of sight, in a folder that nobody else can enter, and shows the socket when its mode is right. */
    private static ServerSocketChannel listen(Path socket) throws IOException {
        if (Files.exists(socket) && answers(socket)) {
            throw new Refusal("console: " + socket + " is answered by another process (expected: one host per run folder); choose another --name");
        }
        Path hidden = Files.createTempDirectory(socket.getParent(), ".c", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            Path bound = hidden.resolve("s");
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(bound), CONNECTIONS);
            Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
            Files.move(bound, socket, StandardCopyOption.ATOMIC_MOVE);
            return channel;
        } finally {
            Files.deleteIfExists(hidden.resolve("s"));
            Files.delete(hidden);
        }
    }

    private static boolean answers(Path socket) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel client = listener.accept();
                clients.add(client);
                boolean busy = clients.size() > CONNECTIONS;
                Thread.ofVirtual().name("console-client").start(() -> serve(client, busy));
            } catch (IOException e) {
                if (listener.isOpen()) {
                    LOG.error("console: {} takes no commands any more", socket, e);
                }
                return;
            }
        }
    }

    private void serve(SocketChannel client, boolean busy) {
        try (Connection connection = new Connection(client, clock, patience)) {
            connection.serve(busy ? ConsoleServer::busy : runner);
        } catch (IOException e) {
            LOG.debug("console: a client went away", e);
        } finally {
            clients.remove(client);
        }
    }

    private static boolean busy(String command, Form form, PrintStream out, PrintStream err) {
        err.println("console: " + CONNECTIONS + " commands are running (expected: fewer); try again");
        return false;
    }

    @Deactivate
    void stop() throws IOException {
        if (listener == null) {
            return;
        }
        listener.close();
        Files.deleteIfExists(socket);
        for (SocketChannel client : clients) {
            client.close();
        }
        clock.shutdownNow();
    }
}
