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
    /** Kinds that the JDK's sockets cannot serve. */
    static final Set<String> NATIVE = Set.of(MulticastPort.KIND, Vxlan.KIND);
    static final String NEEDED = "needs Netty's library for epoll (Linux on x86_64 or aarch64 with glibc)";
    private static final String PROPERTY = "vnet.sockets";

    /** Whether sockets are of Netty's native library; those of the JDK where there is none, or the property wants them. */
    private final boolean isNative = !"nio".equals(System.getProperty(PROPERTY)) && Epoll.isAvailable();
    private final VxlanSockets tunnels = new VxlanSockets();
    private Loops loops;

    private synchronized Loops loops() {
        if (loops == null) {
            loops = new Loops("ports", Runtime.getRuntime().availableProcessors(), isNative);
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
        return Optional.empty();
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
        return new UserDatapath(loops(), tunnels);
    }
}
