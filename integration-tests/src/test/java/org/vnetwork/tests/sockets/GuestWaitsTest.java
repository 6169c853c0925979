package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;

/** {@code ./vnet vm run} beside a process that stands for a guest: it waits for none for ever. */
class GuestWaitsTest {
    private static final String HOST = "gw-" + ProcessHandle.current().pid();
    /** Answers orders as the small Linux does. */
    private static final String OBEYS = """
            exec 3<>orders.in 4<>orders.out
            while read -r id order <&3; do
              printf '\\n%s\\n' "$id" >&4
              sh -c "$(echo "$order" | base64 -d)" >&4
              printf '\\n%s %s\\n' "$id" $? >&4
            done""";

    @TempDir
    private Path folder;
    private Path host;
    private Path guest;
    private Process process;

    @BeforeEach
    void make() throws IOException {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        host = (root ? Path.of("/run/vnetwork") : folder.resolve("vnetwork")).resolve(HOST);
        guest = Files.createDirectories(host.resolve("vm/g1"));
        Files.writeString(guest.resolve("about"), "sw1\ng1\ndgram\nbuilt-in\n");
        for (String pipe : List.of("orders.in", "orders.out")) {
            Vnet.answer(new ProcessBuilder("mkfifo", guest.resolve(pipe).toString()));
        }
    }

    private void stands(String script) throws IOException {
        process = new ProcessBuilder("bash", "-c", script, guest.resolve("pid").toString()).directory(guest.toFile()).start();
        Files.writeString(guest.resolve("pid"), process.pid() + "\n");
    }

    @AfterEach
    void end() throws IOException {
        process.destroy();
        try (Stream<Path> tree = Files.walk(host)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Vnet.Answer run(int seconds) {
        ProcessBuilder builder = new ProcessBuilder(Product.ROOT.resolve("vnet").toString(), "vm", "run", "--name", HOST, "g1", "echo here; exit 3");
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        builder.environment().put("VNET_GUEST_SECONDS", Integer.toString(seconds));
        return Vnet.answer(builder);
    }

    @Test
    void aGuestWhoseReadyWasMissedRunsTheCommand() throws IOException {
        stands(OBEYS);
        assertEquals(new Vnet.Answer(3, "here\n"), run(10));
    }

    @Test
    void aGuestThatNeverSaysThatItIsUpIsNamed() throws IOException {
        stands("read -r <>orders.out");
        assertEquals(new Vnet.Answer(1, "vm run: g1 does not say that it is up after 2 s (VNET_GUEST_SECONDS), see " + guest.resolve("console.log") + "\n"), run(2));
    }

    @Test
    void aGuestThatDoesNotBeginWithTheCommandIsNamed() throws IOException {
        stands("exec 3<>orders.in; read -r <>orders.out");
        Files.createFile(guest.resolve("ready"));
        assertEquals(new Vnet.Answer(1, "vm run: g1 did not begin with the command within 2 s (VNET_GUEST_SECONDS), see " + guest.resolve("console.log") + "\n"), run(2));
    }
}
