package org.vnetwork.datapath;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** A way to move frames on this machine; registered as a service, it opens one {@link Datapath} for each switch. */
@ConsumerType
public interface DatapathDriver {
    /** The name in {@code --datapath NAME}: {@code ebpf}, {@code sim}. */
    String name();

    /** Rank among the drivers that can be used; the highest is the default of a new switch. */
    int preference();

    /** Why this driver cannot work here and what to do about it, in one line; empty when it can. Cheap, changes nothing. */
    Optional<String> unavailable();

    /** What an administrator should know of switches of this driver here, in one line: for example that their flows end with the process. Cheap, changes nothing. */
    default Optional<String> caution() {
        return Optional.empty();
    }

    /** Kinds of attachment that {@link Datapath#attach} takes: {@code netdev}, {@code tap}, {@code sim}. */
    Set<String> attachments();

    /** What each of its datapaths can do; constant. */
    Capabilities capabilities();

    /**
     * Opens the datapath of one switch, without ports or flows.
     *
     * @param host name of this vNetwork host; with the switch name it makes names unique on the machine
     * @param switchName checked by {@code org.vnetwork.model.Name}
     * @param runFolder exists; for sockets and journals, on a file system that is empty after a reboot
     * @throws DatapathException with a line for the administrator; nothing is left behind
     */
    Datapath open(String host, String switchName, Path runFolder) throws DatapathException;
}
