package org.vnetwork.launcher;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** The start of one bundle, on a thread that can be given up: an activator or a component that never returns holds up nobody else. */
final class BundleStart {
    private final Bundle bundle;
    private final FutureTask<Void> task;
    private final Thread thread;

    /** Begins to start a bundle. */
    BundleStart(Bundle bundle) {
        this.bundle = bundle;
        task = new FutureTask<>(() -> {
            bundle.start();
            return null;
        });
        thread = Thread.ofPlatform().daemon().name("start-" + bundle.getSymbolicName()).start(task);
    }

    /**
     * Waits until the bundle has started, for so long at most.
     *
     * @return what it does instead, in a line; empty when it has started
     * @throws BundleException what the start threw
     */
    Optional<String> await(long millis) throws BundleException, InterruptedException {
        try {
            task.get(millis, TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of("bundle " + bundle.getSymbolicName() + " " + bundle.getVersion() + " has not started within " + millis / 1000 + " s: it is in " + where(thread.getStackTrace())
                    + "; the host goes on without it");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BundleException failure) {
                throw failure;
            }
            throw new BundleException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** The topmost line that is neither the JDK's nor the framework's. */
    private static String where(StackTraceElement[] stack) {
        return Arrays.stream(stack).filter(f -> !f.getClassName().matches("(java|jdk|sun|org\\.eclipse\\.osgi|org\\.apache\\.felix)\\..*")).findFirst()
                .or(() -> Arrays.stream(stack).findFirst()).map(f -> f.getClassName() + "." + f.getMethodName() + "(" + f.getFileName() + ":" + f.getLineNumber() + ")").orElse("unknown code");
    }
}
