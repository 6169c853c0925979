package org.vnetwork.tests.transcripts;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vnetwork.tests.Product;

/** A host of the built product in a process of its own, with its folders in one that a test gives. */
public final class RunningHost {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private final Process process;
    private final Path socket;

    private RunningHost(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /** Starts a host and returns when its console answers. */
    static RunningHost start(Path folder, String datapath) throws IOException, InterruptedException {
        return start(folder, "transcripts", datapath);
    }

    /** As the other, for a host of a name; its folder may be that of one that has ended. */
    public static RunningHost start(Path folder, String name, String datapath) throws IOException, InterruptedException {
        return start(folder, name, datapath, Product.HOME);
    }

    /** As the other, with the bundles of another home; {@code options} are more of the JVM's. */
    public static RunningHost start(Path folder, String name, String datapath, Path home, String... options) throws IOException, InterruptedException {
        Path run = folder.resolve("run");
        Files.createDirectories(run, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path log = folder.resolve("output");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dlogback.configurationFile=" + Product.HOME.resolve("etc/logback.xml"),
                "-Dvnet.home=" + home, "-Dvnet.name=" + name, "-Dvnet.run.dir=" + run, "-Dvnet.data.dir=" + folder.resolve("data"),
                "-Dvnet.datapath=" + datapath, "-Dvnet.daemon=true", "-cp", classPath(), "org.vnetwork.launcher.Main"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        RunningHost host = new RunningHost(process, run.resolve("console.sock"));
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!host.answers()) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                host.stop();
                throw new IOException("the host did not start: " + Files.readString(log));
            }
            Thread.sleep(50);
        }
        return host;
    }

    private static String classPath() throws IOException {
        try (Stream<Path> jars = Files.list(Product.HOME.resolve("lib"))) {
            return jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
    }

    /** Whether the console is open and all engines and filters of the product are there. */
    private boolean answers() {
        try {
            return Files.exists(socket) && run("engine:list").contains("learning") && run("filter:list").contains("count");
        } catch (IOException e) {
            return false;
        }
    }

    /** What a command prints, errors included. */
    public String run(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            send(channel, "text");
            send(channel, command);
            DataInputStream answer = new DataInputStream(Channels.newInputStream(channel));
            StringBuilder printed = new StringBuilder();
            while (answer.readByte() != 'X') {
                printed.append(new String(answer.readNBytes(answer.readInt()), StandardCharsets.UTF_8));
            }
            return printed.toString();
        }
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        channel.write(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).flip());
    }

    /** Kills the process: nothing of it is told, nothing cleaned up. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Takes the host down as {@code ./vnet down} does; false when it had to be killed. */
    public boolean stop() throws IOException, InterruptedException {
        return stop("remove");
    }

    /** As {@code ./vnet down --keep-forwarding}. */
    public boolean stopButKeepForwarding() throws IOException, InterruptedException {
        return stop("keep");
    }

    /** Whether the process is still there. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends it SIGTERM, without any word that it is to be taken down. */
    public void terminate() {
        process.destroy();
    }

    private boolean stop(String what) throws IOException, InterruptedException {
        Files.writeString(socket.resolveSibling("down"), what + "\n");
        process.destroy();
        boolean ended = process.waitFor(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        return ended;
    }
}
