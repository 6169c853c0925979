package org.vnetwork.datapath.user;

import io.netty.channel.epoll.Epoll;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.vnetwork.datapath.Capabilities;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathDriver;

/** Switches whose ports are sockets; needs no root. */
@Component(service = DatapathDriver.class)
public final class UserDriver implements DatapathDriver {
    static final Set<String> KINDS = new TreeSet<>(Set.of("dgram", "stream", "stream-to", MulticastPort.KIND, Vxlan.KIND));

    private Loops loops;

    private synchronized Loops loops() {
        if (loops == null) {
            loops = new Loops(Runtime.getRuntime().availableProcessors());
        }
        return loops;
    }

    /** Ends the threads of ports; by then all switches are closed. */
    @Deactivate
    synchronized void close() {
        if (loops != null) {
            loops.close();
            loops = null;
        }
    }

    @Override
    public String name() {
        return "user";
    }

    @Override
    public int preference() {
        return 50;
    }

    @Override
    public Optional<String> unavailable() {
        if (Epoll.isAvailable()) {
            return Optional.empty();
        }
        Throwable cause = Epoll.unavailabilityCause();
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Optional.of("it needs Netty's library for epoll, of Linux on x86_64 or aarch64 with glibc (" + String.valueOf(cause.getMessage()).lines().findFirst().orElse("") + ")");
    }

    @Override
    public Set<String> attachments() {
        return KINDS;
    }

    @Override
    public Capabilities capabilities() {
        return UserDatapath.CAPABILITIES;
    }

    @Override
    public Datapath open(String host, String switchName, Path runFolder) {
        return new UserDatapath(loops());
    }
}
