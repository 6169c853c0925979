package org.vnetwork.tests.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace and a thread that lives in it: a socket that is opened there stays there, wherever it is used.
 *
 * <p>IPv6 is off, so that nothing speaks that a test did not ask to.
 */
public final class Space implements Closeable {
    private final String name;
    private final ExecutorService inside = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

    Space(String name) throws IOException {
        this.name = name;
        Command.run("ip", "netns", "add", name);
        in(() -> {
            Native.enter(name);
            for (String devices : new String[] {"all", "default"}) {
                Files.writeString(Path.of("/proc/sys/net/ipv6/conf", devices, "disable_ipv6"), "1");
            }
            return null;
        });
    }

    /** Its name for {@code ip netns}. */
    public String name() {
        return name;
    }

    /** Does work on the thread in the namespace. */
    public <T> T in(Callable<T> work) throws IOException {
        try {
            return inside.submit(work).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Runs {@code ip} in the namespace. */
    public void ip(String arguments) throws IOException {
        Command.run(("ip -n " + name + " " + arguments).split(" "));
    }

    @Override
    public void close() throws IOException {
        inside.shutdown();
        Command.run("ip", "netns", "delete", name);
    }
}
