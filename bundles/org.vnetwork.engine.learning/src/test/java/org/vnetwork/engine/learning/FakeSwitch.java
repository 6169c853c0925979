package org.vnetwork.engine.learning;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.vnetwork.packet.Field;
import org.vnetwork.packet.Forward;
import org.vnetwork.packet.Packet;
import org.vnetwork.packet.wire.FlowKey;
import org.vnetwork.packet.wire.FrameText;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Context;
import org.vnetwork.table.Table;
import org.vnetwork.table.shared.FdbEntry;
import org.vnetwork.table.shared.Station;

/** As much of the platform as one engine needs, and a record of what the engine did with it. */
final class FakeSwitch implements Table<Station, FdbEntry> {
    final Map<Station, FdbEntry> rows = new LinkedHashMap<>();
    final List<String> results = new ArrayList<>();
    final List<String> reads = new ArrayList<>();
    final List<String> writes = new ArrayList<>();
    final List<String> refreshes = new ArrayList<>();
    long[] mask = new long[FlowKey.WORDS];

    Context context() {
        return proxy(Context.class, (name, arguments) -> this);
    }

    /** Decides one frame and returns the results; what an earlier decision recorded is forgotten. */
    List<String> decide(LearningEngine engine, int port, int vlan, String frame) {
        results.clear();
        reads.clear();
        writes.clear();
        refreshes.clear();
        mask = new long[FlowKey.WORDS];
        engine.decide(packet(port, vlan, FrameText.build(frame)), proxy(Forward.class, (name, arguments) -> {
            String values = arguments == null ? "" : arguments[0] instanceof int[] ports
                    ? " " + String.join(" ", IntStream.of(ports).mapToObj(String::valueOf).toList()) : " " + arguments[0];
            results.add(name + values);
            return null;
        }));
        return List.copyOf(results);
    }

    private Packet packet(int port, int vlan, byte[] frame) {
        long[] key = new long[FlowKey.WORDS];
        KeyParser.parse(MemorySegment.ofArray(frame), 0, frame.length, port, key);
        return proxy(Packet.class, (name, arguments) -> switch (name) {
            case "ingress" -> port;
            case "vlan" -> vlan;
            case "source" -> read(key, Field.ETH_SRC, -1);
            case "destination" -> read(key, Field.ETH_DST, -1);
            case "matches" -> read(key, (Field) arguments[0], (long) arguments[2]) == (long) arguments[1];
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private long read(long[] key, Field field, long bits) {
        mask[field.word()] |= (bits & field.bits()) << field.shift();
        return field.in(key) & bits;
    }

    private interface Call {
        Object on(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> call.on(method.getName(), arguments)));
    }

    @Override
    public FdbEntry get(Station key) {
        reads.add(key.toString());
        return rows.get(key);
    }

    @Override
    public List<Station> find(String component, Object value) {
        reads.add(component + "=" + value);
        return rows.entrySet().stream().filter(row -> row.getValue().port().equals(value)).map(Map.Entry::getKey).toList();
    }

    @Override
    public void put(Station key, FdbEntry row) {
        put(key, row, Duration.ZERO);
    }

    @Override
    public void put(Station key, FdbEntry row, Duration idle) {
        (row.equals(rows.put(key, row)) ? refreshes : writes).add(key + " " + row.port() + " " + idle);
    }

    @Override
    public void remove(Station key) {
        writes.add(key + " removed");
        rows.remove(key);
    }
}
