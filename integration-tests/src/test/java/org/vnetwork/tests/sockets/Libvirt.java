package org.vnetwork.tests.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.vnetwork.tests.Vnet;

/** libvirt's driver of QEMU, running one guest without a daemon. */
final class Libvirt {
    private Libvirt() {
    }

    static void need() {
        assumeTrue(Guests.onPath("virt-qemu-run"), "needs virt-qemu-run: apt-get install libvirt-daemon-driver-qemu");
        assumeTrue(Guests.onPath("virt-xml-validate") && Guests.onPath("xmllint"), "needs virt-xml-validate: apt-get install libvirt-clients libxml2-utils");
    }

    /** Has libvirt check a domain with this element in it, and run it. */
    static Process start(Path folder, String element, List<String> image, String address) throws IOException {
        Path domain = Files.writeString(folder.resolve("domain.xml"), domain(element, image, address, folder.resolve(address + ".console")));
        Vnet.Answer valid = Vnet.answer(new ProcessBuilder("virt-xml-validate", domain.toString(), "domain"));
        assertEquals(0, valid.status(), valid::text);
        Path root = folder.resolve("libvirt");
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/qemu.conf"), "user = \"root\"\ngroup = \"root\"\nsecurity_driver = \"none\"\nnamespaces = []\ncgroup_controllers = []\nstdio_handler = \"file\"\n");
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // Root's libvirt wants to know the user that QEMU would run as, which packages make that this test does without.
            for (String file : List.of("passwd", "group")) {
                Files.copy(Path.of("/etc", file), folder.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                Files.writeString(folder.resolve(file), file.equals("passwd") ? "libvirt-qemu:x:64055:65534::/:/bin/false\n" : "libvirt-qemu:x:64055:\n", StandardOpenOption.APPEND);
            }
            command.addAll(List.of("unshare", "-m", "sh", "-c", "mount --bind passwd /etc/passwd && mount --bind group /etc/group && exec \"$@\"", "sh"));
        }
        command.addAll(List.of("virt-qemu-run", "-r", root.toString(), domain.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("libvirt.log").toFile());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        return builder.start();
    }

    private static String domain(String element, List<String> image, String address, Path console) {
        boolean outside = element.startsWith("<qemu:");
        return """
                <domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
                  <name>%s</name>
                  <memory unit='MiB'>128</memory>
                  <os>
                    <type arch='x86_64' machine='q35'>hvm</type>
                    <kernel>%s</kernel>
                    <initrd>%s</initrd>
                    <cmdline>vnet.address=%s/24</cmdline>
                  </os>
                  <features><acpi/></features>
                  <devices>
                %s
                    <serial type='file'><source path='%s'/></serial>
                  </devices>
                %s
                </domain>
                """.formatted("guest-" + address, image.get(0), image.get(1), address, outside ? "" : element, console, outside ? element : "");
    }
}
