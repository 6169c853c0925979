package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vnetwork.tests.Product;
import org.vnetwork.tests.Vnet;

/** Devices whose names the locale of the host's process has no characters for. */
class DeviceNamesTest {
    private static final String HOST = Lab.name("-n");
    private static final String DEVICE = Lab.name("ü€");

    private final Lab lab = new Lab();

    @BeforeEach
    void open() throws IOException {
        Lab.needed();
        Space space = lab.space();
        shell("ip link add '" + DEVICE + "' type veth peer name p netns " + space.name() + " && ip link set '" + DEVICE + "' up");
        lab.keep(() -> shell("ip link delete '" + DEVICE + "'"));
        space.ip("link set p up");
        shell("echo 0 >'" + setting() + "'");
    }

    @AfterEach
    void close() throws IOException {
        Vnet.answer("down", "--name", HOST);
        lab.close();
    }

    private static String setting() {
        return "/proc/sys/net/ipv6/conf/" + DEVICE + "/disable_ipv6";
    }

    /** By way of the environment: what is said to a shell on its command line has the characters of this process's locale. */
    private static String shell(String script) throws IOException {
        Process process = new ProcessBuilder("sh", "-e").redirectErrorStream(true).start();
        process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertEquals(0, process.waitFor(), printed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return printed;
    }

    private static String vnet(String... words) throws IOException {
        return shell("export LC_ALL=C VNET_AS_BUILT=yes; '" + Product.ROOT.resolve("vnet") + "' " + String.join(" ", words));
    }

    @Test
    void aHostInTheCLocaleTakesThemAndGivesThemBack() throws IOException {
        vnet("up", "--daemon", "--name", HOST, ">/dev/null 2>&1");
        vnet("sh", "--name", HOST, "'switch:create sw1'");
        assertEquals("+ port u1 of sw1: netdev " + DEVICE + ", access 1\n", vnet("sh", "--name", HOST, "\"port:add sw1 u1 --netdev '" + DEVICE + "'\""));
        assertEquals("1\n", shell("cat '" + setting() + "'"));
        assertTrue(vnet("sh", "--name", HOST, "'config:show; port:show sw1 u1'").contains("--netdev '" + DEVICE + "'"));
        vnet("sh", "--name", HOST, "'port:remove sw1 u1'");
        assertEquals("0\n", shell("cat '" + setting() + "'"));
    }

    /** However the process was started: the driver asks for no file by a name of the locale's. */
    @Test
    void theDriverTakesThemInAProcessOfTheCLocale() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java") + " --enable-native-access=ALL-UNNAMED -cp '" + System.getProperty("java.class.path") + "' "
                + DriverOnce.class.getName() + " " + HOST + " sw1 " + URLEncoder.encode(DEVICE, StandardCharsets.UTF_8);
        List<String> printed = shell("LC_ALL=C " + java).lines().filter(l -> !l.startsWith("WARNING")).toList();
        assertTrue(printed.getFirst().matches("opened, \\d+ flows, up"), printed.toString());
        assertEquals("0\n", shell("cat '" + setting() + "'"));
    }
}
