package org.vnetwork.filter.count;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vnetwork.filter.Direction;
import org.vnetwork.filter.Verdict;
import org.vnetwork.model.PortId;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Layer;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.EtherType;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Context;
import org.vnetwork.table.Table;

class CountFilterTest {
    private final Set<Object> rows = new LinkedHashSet<>();
    private final List<String> calls = new ArrayList<>();
    private final CountFilter filter = new CountFilter();

    private interface Call {
        Object on(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> call.on(method.getName(), arguments)));
    }

    @BeforeEach
    void open() {
        Table<?, ?> table = proxy(Table.class, (name, arguments) -> {
            calls.add(name + " " + (rows.add(arguments[0]) ? "new" : "known") + " " + ((Duration) arguments[2]).toSeconds());
            return null;
        });
        filter.open(proxy(Context.class, (name, arguments) -> table));
    }

    private void filter(Direction direction, String text) {
        byte[] frame = FrameText.build(text);
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, 1, key);
        Packet packet = proxy(Packet.class, (name, arguments) -> switch (name) {
            case "has" -> arguments[0] == Layer.IP ? KeyParser.ipHeader(key) > 0
                    : Field.ETHER_TYPE.in(key) == EtherType.ARP && Field.PARSE.in(key) == 0;
            case "get" -> ((Field) arguments[0]).in(key);
            default -> throw new UnsupportedOperationException(name);
        });
        filter.filter(packet, proxy(Verdict.class, (name, arguments) -> switch (name) {
            case "port" -> 4;
            case "direction" -> direction;
            default -> {
                calls.add(name);
                yield null;
            }
        }));
    }

    @ParameterizedTest
    @CsvSource({"eth() arp(), ARP", "eth() ipv4() tcp(), TCP", "eth() ipv6() udp(), UDP", "eth() ipv4() icmp(), ICMP", "eth() ipv6() icmpv6(), ICMP",
        "'eth() ipv4(frag=later,proto=17)', UDP", "eth() ipv4(proto=50), OTHER_IP", "eth(), OTHER", "eth() ipv4(length=400) tcp(), OTHER", "eth() arp(op=0), OTHER"})
    void tellsTheKindsOfTrafficApart(String frame, Traffic.Kind kind) {
        filter(Direction.IN, frame);
        assertEquals(Set.of(new Traffic(new PortId(4), Direction.IN, kind)), rows);
    }

    @Test
    void passesEverythingAndWritesOnce() {
        filter(Direction.IN, "eth() ipv4() tcp()");
        filter(Direction.IN, "eth() ipv6() tcp(dst=22)");
        filter(Direction.OUT, "eth() ipv4() tcp()");
        assertEquals(List.of("put new 60", "pass", "put known 60", "pass", "put new 60", "pass"), calls);
    }
}
