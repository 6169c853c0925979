package org.vnetwork.tests.kernel;

import java.nio.file.Path;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.ebpf.EbpfDriver;

/** Opens a datapath and closes it, in a process that a test puts into a world of its own: {@code DriverOnce HOST SWITCH}. */
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
            System.out.println("opened, " + datapath.capabilities().flows() + " flows");
        } catch (DatapathException e) {
            System.out.println(e.getMessage());
        }
    }
}
