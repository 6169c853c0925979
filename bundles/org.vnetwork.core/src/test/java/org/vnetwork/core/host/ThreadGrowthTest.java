package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ThreadGrowthTest {
    private final List<String> told = new ArrayList<>();
    private final ThreadGrowth growth = new ThreadGrowth(type -> type.startsWith(ThreadGrowthTest.class.getName()) ? "com.acme.many" : null, told::add);

    private List<Thread> start(int count, CountDownLatch end) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(count);
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                running.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    // The end.
                }
            }));
        }
        running.await();
        return threads;
    }

    @Test
    void threadsOfABundleAreToldWithItsNameAndAPlaceAndFewAreNot() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>(start(50, end));
        try {
            growth.look();
            assertEquals(List.of(), told);
            threads.addAll(start(150, end));
            growth.look();
            assertEquals(1, told.size());
            assertTrue(told.getFirst().matches("1[0-9][0-9] threads more than a second before, [0-9,]+ in all; of those looked at 1[0-9][0-9] of bundle com\\.acme\\.many, started at "
                    + "org\\.vnetwork\\.core\\.host\\.ThreadGrowthTest\\.lambda\\$start\\$[0-9]+\\(ThreadGrowthTest\\.java:[0-9]+\\).*"), told::toString);
            growth.look();
            assertEquals(1, told.size());
        } finally {
            end.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
