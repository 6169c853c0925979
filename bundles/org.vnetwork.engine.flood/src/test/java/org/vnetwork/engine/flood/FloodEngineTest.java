package org.vnetwork.engine.flood;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;

class FloodEngineTest {
    private final List<String> calls = new ArrayList<>();

    private <T> T recorder(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            calls.add(method.getName());
            return null;
        }));
    }

    @Test
    void floodsEveryPacketWithoutReadingIt() {
        new FloodEngine().decide(recorder(Packet.class), recorder(Forward.class));
        assertEquals(List.of("flood"), calls);
    }
}
