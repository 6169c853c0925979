package org.vnetwork.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of one host: start, wait, stop.
 *
 * <p>Ends with status 0 after a stop, 1 when the host could not start (one line on standard error says why). Bundles are stopped only when the host is taken down: see {@link RunFolder}.
 */
public final class Main {
    private static final long CONSOLE_MILLIS = 10_000;

    private Main() {
    }

    /**
     * Runs a host until it is stopped.
     *
     * @param arguments none; see {@link Settings} for the system properties
     */
    public static void main(String[] arguments) {
        int status = 0;
        PrintStream err = System.err;
        try {
            run(Settings.of(System.getProperties()));
        } catch (StartFailure e) {
            err.println("up: " + e.getMessage());
            status = 1;
        } catch (IOException | InterruptedException e) {
            err.println("up: " + e);
            status = 1;
        }
        // NB: not a return: a bundle's stray thread would keep the process.
        System.exit(status);
    }

    private static void run(Settings settings) throws StartFailure, IOException, InterruptedException {
        makeDataFolder(settings);
        RunFolder folder = RunFolder.open(settings);
        Logger log = LoggerFactory.getLogger(Main.class);
        StandardStreams.toLog();
        log.info("host {} starts, pid {}, Java {}", settings.name(), ProcessHandle.current().pid(), Runtime.version());
        Host host = new Host(settings, folder.frameworkStorage());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(host, folder, settings, log), "end"));
        try {
            host.start(RunList.read(settings.home()));
            if (settings.daemon() && !settings.rehearsal() && !folder.awaitConsole(CONSOLE_MILLIS)) {
                throw new StartFailure("the console did not open within " + CONSOLE_MILLIS / 1000 + " s (see "
                        + settings.runFolder().resolve("vnet.log") + ")");
            }
        } catch (StartFailure e) {
            log.error("start failed: {}", e.getMessage(), e.getCause());
            throw e;
        }
        folder.ready(Stream.concat(Stream.of(readyLine(settings)), host.hanging().stream()).collect(Collectors.joining("\n")));
        log.info("host {} is up", settings.name());
        if (!settings.rehearsal()) {
            host.awaitStop();
        }
    }

    private static void makeDataFolder(Settings settings) throws StartFailure {
        Path folder = settings.dataFolder();
        String advice = " (choose another with --data)";
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        } catch (IOException e) {
            throw new StartFailure("data folder: " + folder + " cannot be made" + advice, e);
        }
        if (!Files.isWritable(folder)) {
            throw new StartFailure("data folder: " + folder + " is not writable" + advice);
        }
    }

    /** What the start script prints: who is up, and which datapath it took and why, as the host itself says it. */
    private static String readyLine(Settings settings) throws IOException {
        String line = "host \"" + settings.name() + "\" is up, pid " + ProcessHandle.current().pid();
        if (!settings.daemon() || settings.rehearsal()) {
            return line;
        }
        ByteArrayOutputStream status = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(status, false, StandardCharsets.UTF_8);
        Client.run(settings.name(), settings.runFolder().resolve("console.sock"), "text", "host:status", out, out);
        out.flush();
        return readyLine(line, status.toString(StandardCharsets.UTF_8));
    }

    /** The line with what {@code host:status} says; a second one when the configuration is not as written. */
    static String readyLine(String line, String status) {
        Matcher datapath = Pattern.compile("(?m)^datapath +(\\S.*)\\R^datapath reason +(\\S.*)$").matcher(status);
        Matcher configuration = Pattern.compile("(?m)^configuration +(?!as written$)(\\S.*)$").matcher(status);
        return line + (datapath.find() ? ", datapath " + datapath.group(1) + " (" + datapath.group(2) + ")" : "")
                + (configuration.find() ? "\nconfiguration: " + configuration.group(1) : "");
    }

    /**
     * The process ends. Unless somebody asked for that by {@code ./vnet down} or at the console, this is as harmless as {@code kill -9}: nothing is stopped and nothing removed, whatever a
     * plugin, a signal or an error did, and the next start goes on from there.
     */
    private static void end(Host host, RunFolder folder, Settings settings, Logger log) {
        if (!folder.isTakenDown() && !settings.rehearsal()) {
            log.error("the process ends without ./vnet down: what is in the kernel goes on, and the next ./vnet up takes it over");
            return;
        }
        log.info("stopping");
        boolean clean = host.stop();
        log.info(clean ? "stopped" : "bundles did not stop in time");
        folder.close();
    }
}
