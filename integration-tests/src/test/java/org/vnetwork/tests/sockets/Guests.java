package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;

/** A host of the product and its QEMU guests, all by way of {@code ./vnet}. */
public final class Guests implements Closeable {
    private final String host;
    private final Path data;

    /** Starts a host of this name, on the datapath that it takes by itself, with its configuration in a folder. */
    public Guests(String host, Path data) {
        this.host = host;
        this.data = data;
        up();
    }

    /** Starts it again, when it was killed. */
    public void up() {
        Vnet.run("up", "--daemon", "--name", host, "--data", data.toString());
    }

    /** Kills its process: nothing of it is told, nothing cleaned up. */
    public void kill() {
        String pid = sh("host:status").lines().filter(l -> l.matches("pid +\\d+")).findFirst().orElseThrow().replaceFirst(".* ", "");
        ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Skips the test where guests cannot be had; otherwise the kernel that they boot, and their first files. */
    public static List<String> need() {
        assumeTrue(onPath("qemu-system-x86_64"), "qemu-system-x86_64 is missing: apt-get install --no-install-recommends qemu-system-x86");
        Vnet.Answer image = Vnet.answer(new ProcessBuilder(Product.ROOT.resolve("product/guest/image.sh").toString(), folder("/var/lib/vnetwork"),
                folder(System.getProperty("user.home") + "/.local/share/vnetwork")));
        assumeTrue(image.status() == 0, image::text);
        List<String> lines = image.text().lines().toList(); // below what it may say of a download
        return lines.subList(lines.size() - 2, lines.size());
    }

    private static String folder(String data) {
        return data + "/.guest";
    }

    /** Whether a command is installed. */
    public static boolean onPath(String command) {
        return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin").anyMatch(d -> Files.isExecutable(Path.of(d, command)));
    }

    /** What a command of the host's console prints. */
    public String sh(String command) {
        return Vnet.run("sh", "--name", host, command);
    }

    /** {@code ./vnet vm} with these words. */
    public String vm(String... words) {
        return Vnet.run(Stream.concat(Stream.concat(Stream.of("vm"), Stream.of(words)), Stream.of("--name", host)).toArray(String[]::new));
    }

    /** What a shell command in a guest prints; returns when it has ended. */
    public String in(String guest, String command) {
        return vm("run", guest, command);
    }

    /** The host's folder for a guest's files. */
    public Path folder() {
        return Path.of(vm("list").lines().skip(1).findFirst().orElseThrow().replaceFirst(".* ", "")).getParent().getParent();
    }

    /** What is wrong with the books of a port: received + copies = outputs + dropped + consumed, once it is quiet. */
    public String imbalance(String switchName, String port) {
        return imbalance(sh("port:show " + switchName + " " + port));
    }

    /** The same, of what {@code port:show} printed. */
    static String imbalance(String shown) {
        List<String> lines = shown.lines().toList();
        long left = count(lines, "received") + count(lines, "copies");
        long right = count(lines, "outputs") + count(lines, "dropped") + count(lines, "consumed");
        return left == right ? "" : shown;
    }

    private static long count(List<String> lines, String name) {
        return lines.stream().filter(l -> l.matches(name + " +\\d+")).mapToLong(l -> Long.parseLong(l.replaceFirst(".* ", ""))).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        Vnet.run("down", "--name", host);
    }
}
