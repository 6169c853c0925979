package org.vnetwork.tests.kernel;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.ebpf.EbpfDriver;

/**
 * Opens a datapath, attaches devices and closes it, in a process that a test puts into a world of its own: {@code DriverOnce HOST SWITCH DEVICE..}, each device's name with
 * {@code %HH} for what is not ASCII.
 */
final class DriverOnce {
    private DriverOnce() {
    }

    /** Prints {@code opened}, or the line for the administrator. */
    public static void main(String[] arguments) {
        String why = new EbpfDriver().unavailable().orElse(null);
        if (why != null) {
            System.out.println("unavailable: " + why);
            return;
        }
        try (Datapath datapath = new EbpfDriver().open(arguments[0], arguments[1], Path.of("/tmp"))) {
            StringBuilder attached = new StringBuilder();
            for (int port = 1; port < arguments.length - 1; port++) {
                datapath.attach(port, new Attachment("netdev", URLDecoder.decode(arguments[port + 1], StandardCharsets.UTF_8)));
                attached.append(datapath.state(port).up() ? ", up" : ", down");
            }
            System.out.println("opened, " + datapath.capabilities().flows() + " flows" + attached);
        } catch (DatapathException e) {
            System.out.println(e.getMessage());
        }
    }
}
