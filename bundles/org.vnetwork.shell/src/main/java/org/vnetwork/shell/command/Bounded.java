package org.vnetwork.shell.command;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleException;

/** Work that a bundle's own code is part of, on a thread that can be given up: an activator that never returns must not hold a console. */
final class Bounded {
    private Bounded() {
    }

    /**
     * Does work and waits for it, for so long at most; then the work goes on without anybody who waits.
     *
     * @throws BundleException what the work threw, or where it is when it takes longer
     */
    static void run(Callable<Void> work, long seconds) throws BundleException {
        FutureTask<Void> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().daemon().name("bundles").inheritInheritableThreadLocals(false).start(task);
        try {
            task.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new BundleException("not done after " + seconds + " s, it is in " + where(thread.getStackTrace()) + "; it goes on, felix:lb shows the state");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BundleException failure) {
                throw failure;
            }
            throw new BundleException(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BundleException("the command was interrupted; it goes on, felix:lb shows the state", e);
        }
    }

    /** The topmost line that is neither the JDK's nor the framework's. */
    private static String where(StackTraceElement[] stack) {
        return Arrays.stream(stack).filter(f -> !f.getClassName().matches("(java|jdk|sun|org\\.eclipse\\.osgi|org\\.apache\\.felix)\\..*")).findFirst()
                .or(() -> Arrays.stream(stack).findFirst()).map(f -> f.getClassName() + "." + f.getMethodName() + "(" + f.getFileName() + ":" + f.getLineNumber() + ")").orElse("unknown code");
    }
}
