package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;

/**
 * Has the kernel take its short way to wait until no processor runs what was there before.
 *
 * <p>NB: the kernel waits so at each program that is attached or detached, with every change of a device locked out: 13 ms by the long way, 0.15 ms by the short one, which interrupts
 * each processor. A thousand ports are attached in a second instead of a quarter of a minute. The setting is the machine's, and put back at once: all switches of a driver share one of these. Any thread.
 */
final class GracePeriods {
    private static final Path SETTING = Path.of("/sys/kernel/rcu_expedited");
    private int users;
    private boolean isChanged;

    /** Does a short piece of work meanwhile; where the setting cannot be changed, the work takes its time. */
    int shortly(IntSupplier work) {
        begin();
        try {
            return work.getAsInt();
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        try {
            if (users++ == 0 && Files.readString(SETTING).strip().equals("0")) {
                Files.writeString(SETTING, "1");
                isChanged = true;
            }
        } catch (IOException e) {
            // The kernel has no such setting, or it is not ours to change.
        }
    }

    private synchronized void end() {
        if (--users > 0 || !isChanged) {
            return;
        }
        try {
            Files.writeString(SETTING, "0");
            isChanged = false;
        } catch (IOException e) {
            // The next one tries again; until then the kernel only interrupts more often.
        }
    }
}
