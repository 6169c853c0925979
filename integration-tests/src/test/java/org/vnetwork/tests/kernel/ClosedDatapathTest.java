package org.vnetwork.tests.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.DatapathDriver;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.FrameBatch;
import org.vnetwork.datapath.MissLimit;
import org.vnetwork.datapath.MissSink;
import org.vnetwork.datapath.StatisticsSink;
import org.vnetwork.datapath.ebpf.EbpfDriver;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.datapath.user.UserDriver;
import org.vnetwork.model.FastWay;
import org.vnetwork.packet.wire.Frame;

/** A datapath that was closed refuses calls: what they would reach is not there any more, in the kernel's case its very memory. */
class ClosedDatapathTest {
    private static final Set<String> STILL_ASKED = Set.of("capabilities", "outlives", "nanoTime", "wakeup", "leave", "close");

    static Stream<DatapathDriver> drivers() {
        return Stream.of(new SimDriver(), new UserDriver(), new EbpfDriver());
    }

    private static Object argument(Class<?> type) {
        return type == int.class ? (Object) 1 : type == long.class ? 1L : type == List.class ? List.of() : type == Attachment.class ? new Attachment("sim", "a")
                : type == MissLimit.class ? MissLimit.PRESET : type == StatisticsSink.class ? (StatisticsSink) (id, packets, bytes, used) -> { }
                : type == Set.class ? Set.of() : type == FastWay.class ? FastWay.AUTO : type == MissSink.class ? (MissSink) (port, received, dropped) -> { }
                : type == LongPredicate.class ? (LongPredicate) id -> true : type == FrameBatch.class ? new FrameBatch() : new Frame();
    }

    /** What a driver leaves as it is preset reaches nothing at any time. */
    private static boolean isPreset(Method method, Class<?> driver) {
        try {
            return driver.getMethod(method.getName(), method.getParameterTypes()).isDefault();
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void refusesEveryCall(DatapathDriver driver) throws DatapathException, IllegalAccessException {
        Optional<String> why = driver.unavailable();
        assumeTrue(why.isEmpty(), () -> "the driver " + driver.name() + " cannot be tested here: " + why.orElseThrow());
        Datapath datapath = driver.open(Lab.name("-z"), "sw1", Path.of("/tmp"));
        datapath.close();
        List<String> wrong = new ArrayList<>();
        for (Method method : Datapath.class.getMethods()) {
            if (isPreset(method, datapath.getClass())) {
                continue;
            }
            Class<?> thrown = null;
            try {
                method.invoke(datapath, Arrays.stream(method.getParameterTypes()).map(ClosedDatapathTest::argument).toArray());
            } catch (InvocationTargetException e) {
                thrown = e.getCause().getClass();
            }
            if (thrown != (STILL_ASKED.contains(method.getName()) ? null : IllegalStateException.class)) {
                wrong.add(method.getName() + ": " + thrown);
            }
        }
        assertEquals(List.of(), wrong);
    }
}
