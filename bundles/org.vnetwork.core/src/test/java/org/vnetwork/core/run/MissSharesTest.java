package org.vnetwork.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DropNumbers;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.PortCounters;

/** Ports that offer so many unknown frames a second, a datapath that holds them to their limits, and a loop of a known speed. */
class MissSharesTest {
    private final Map<Integer, MissLimit> limits = new HashMap<>();
    private final Map<Integer, Long> sent = new HashMap<>();
    private final Map<Integer, Long> dropped = new HashMap<>();
    private final Map<Integer, Integer> offered = new HashMap<>();
    private final Datapath datapath = (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class}, (self, method, arguments) ->
            switch (method.getName()) {
                case "limit" -> limits.put((int) arguments[0], (MissLimit) arguments[1]);
                case "counters" -> new PortCounters(0, 0, 0, 0, 0, 0, 0, sent.getOrDefault(arguments[0], 0L), 0);
                case "drops" -> {
                    long[] drops = new long[DropNumbers.LIMIT];
                    drops[DropNumbers.MISS_LIMIT] = dropped.getOrDefault(arguments[0], 0L);
                    yield drops;
                }
                case "misses" -> InvocationHandler.invokeDefault(self, method, arguments);
                default -> throw new UnsupportedOperationException(method.getName());
            });
    private final MissShares shares = new MissShares(datapath);
    private long now;
    private long frames;
    private long busy;

    private void port(int id, int perSecond) {
        offered.put(id, perSecond);
        shares.add(id);
    }

    /** A second in which the loop serves what comes up, at a speed. */
    private void second(int speed) {
        now += TimeUnit.SECONDS.toNanos(1);
        long up = 0;
        for (int id : offered.keySet()) {
            long passed = Math.min(offered.get(id), limits.get(id).perSecond());
            sent.merge(id, passed, Long::sum);
            dropped.merge(id, offered.get(id) - passed, Long::sum);
            up += passed;
        }
        frames += Math.min(up, speed);
        busy += Math.min(TimeUnit.SECONDS.toNanos(1), up * TimeUnit.SECONDS.toNanos(1) / speed);
        shares.divide(frames, busy, now);
    }

    private int allowed() {
        return offered.keySet().stream().mapToInt(id -> Math.min(offered.get(id), limits.get(id).perSecond())).sum();
    }

    @Test
    void aLoopThatKeepsUpLeavesEveryPortItsOwnRate() {
        for (int id = 1; id <= 16; id++) {
            port(id, 50_000);
        }
        for (int i = 0; i < 5; i++) {
            second(1_000_000);
        }
        limits.values().forEach(limit -> assertEquals(MissLimit.PRESET, limit));
    }

    @Test
    void atTheHighestRateNothingIsDivided() {
        shares.set(1_000_000, 4096);
        port(1, 50_000);
        for (int i = 0; i < 5; i++) {
            second(20_000);
        }
        assertEquals(Map.of(1, new MissLimit(1_000_000, 4096)), limits);
    }

    @Test
    void whatAllMaySendTogetherStaysBelowWhatTheLoopCanServe() {
        for (int id = 1; id <= 16; id++) {
            port(id, 50_000);
        }
        port(17, 100);
        for (int i = 0; i < 20; i++) {
            second(20_000);
            assertTrue(allowed() < 20_000 && allowed() > 8_000, () -> allowed() + " of 20000: " + limits);
        }
        assertEquals(MissLimit.PRESET, limits.get(17), "who sends little is left alone");
        assertTrue(limits.get(1).burst() * 16 < 4096, limits::toString);
        assertEquals(limits.get(1), limits.get(16));
        assertTrue(shares.perSecond() < 4000 && shares.burst() < 1024);
    }

    @Test
    void sharesAreGivenBackWhenTheFloodIsOver() {
        for (int id = 1; id <= 16; id++) {
            port(id, 50_000);
        }
        second(20_000);
        second(20_000);
        assertTrue(limits.get(5).perSecond() < 4000);
        offered.replaceAll((id, rate) -> id == 5 ? 50_000 : 0);
        second(20_000);
        assertEquals(MissLimit.PRESET, limits.get(5));
    }

    @Test
    void noShareIsMoreThanWhatIsConfiguredAndNoneIsNothing() {
        shares.set(500, 64);
        for (int id = 1; id <= 900; id++) {
            port(id, 1000);
        }
        assertEquals(new MissLimit(500, 64), limits.get(1));
        second(1000);
        second(1000);
        assertTrue(limits.get(1).perSecond() >= 50 && limits.get(1).burst() >= 1, limits.get(1)::toString);
        shares.set(10, 5);
        assertEquals(new MissLimit(10, 5), limits.get(900));
    }
}
