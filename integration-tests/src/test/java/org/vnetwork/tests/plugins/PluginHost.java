package org.vnetwork.tests.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.kernel.Until;
import org.vnetwork.tests.transcripts.RunningHost;

/** A host of the product that misbehaving plugins are installed into, with its folder; closing it takes it down. */
final class PluginHost implements Closeable {
    private final Path folder;
    private final RunningHost host;
    private boolean stopped;

    /** Starts it with ports over sockets, and little memory: one that takes all of it has it soon. */
    PluginHost(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        host = RunningHost.start(Files.createDirectory(folder.resolve("host")), "harm-" + ProcessHandle.current().pid(), "user", Product.HOME, "-Xmx192m");
    }

    /** Name of a kind of plugin. */
    static String nameOf(Class<?> kind) {
        return kind.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** Installs the bundle of a kind, and returns when its engine and its filter are there. */
    void install(Class<?> kind) throws Exception {
        assertEquals("", host.run("felix:start " + MisbehavingBundle.make(folder, kind, "").toUri()));
        Until.holds(() -> host.run("filter:list"), () -> host.run("engine:list").contains(nameOf(kind)) && host.run("filter:list").contains(nameOf(kind)));
    }

    /** A switch with traffic; {@code options} are those of {@code switch:create}. */
    Stations stations(String name, String options) throws IOException {
        return new Stations(host, folder, name, options);
    }

    /** What a command prints, or why there is no answer. */
    String run(String command) {
        try {
            return host.run(command);
        } catch (IOException e) {
            return command + ": " + e;
        }
    }

    /** As {@link #run}; fails when the answer begins otherwise. */
    void run(String command, String expected) {
        String said = run(command);
        assertTrue(said.startsWith(expected), said);
    }

    /** Returns when there is an event that names the bundle of a kind, its class and, {@code line}, a line of {@code harm}; with a text. */
    void told(Class<?> kind, boolean line, String text) throws IOException {
        String place = Pattern.quote(MisbehavingBundle.symbolicName(kind)) + "\\b.*" + Pattern.quote(kind.getName())
                + (line ? "\\.[A-Za-z0-9$]+\\(" + kind.getSimpleName() + "\\.java:[0-9]+\\)" : "\\b");
        Pattern event = Pattern.compile(place);
        Until.holds(() -> place + " with " + text + " is not in " + run("host:events"), () -> run("host:events").lines().anyMatch(l -> event.matcher(l).find() && l.contains(text)));
    }

    /** Takes the host down; fails when it does not go by itself, or leaves sockets of ports or files of its run. */
    void goesDownCleanly() throws Exception {
        stopped = true;
        assertTrue(host.stop(), "the host does not go down by itself");
        try (Stream<Path> files = Files.walk(folder)) {
            assertEquals(List.of(), files.filter(f -> f.getFileName().toString().matches("p[abcd]|console\\.sock|.*journal.*")).toList());
        }
    }

    @Override
    public void close() throws IOException {
        if (!stopped) {
            try {
                host.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
