package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work that moves its thread into another namespace: on a thread that ends with it, so that no other is moved. */
final class OwnThread {
    private OwnThread() {
    }

    /** What the work returns; its exception as the cause of one. */
    static <T> T call(String name, Callable<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work);
        // A virtual thread would move the one that carries it.
        Thread.ofPlatform().name(name).daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
