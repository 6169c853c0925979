package org.vnetwork.core.run;

import java.io.Closeable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.packet.wire.Action;

/** A simulated datapath that goes on when a switch dies, as the kernel does, and notes what is written to its flow table. */
final class OutlivingDatapath implements Closeable {
    /** What was written, a word each. */
    final List<String> writes = new ArrayList<>();
    /** Run when one is about to be written. */
    Runnable beforeWrite = () -> { };
    private final Datapath sim = new SimDriver().open("test", "sw1", Path.of("."));
    private final Map<Integer, FlowEntry> working = new TreeMap<>();
    private final List<Integer> attached = new ArrayList<>();

    /** The datapath as one process opens it; closing that one changes nothing. */
    Datapath forOneLife() {
        return (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class, Simulated.class}, (self, method, arguments) -> {
            switch (method.getName()) {
                case "outlives":
                    return true;
                case "adopted":
                    return List.copyOf(working.values());
                case "close":
                    return null;
                case "attach":
                    if (attached.contains(arguments[0])) {
                        return null;
                    }
                    attached.add((Integer) arguments[0]);
                    break;
                default:
                    note(method.getName(), arguments);
            }
            try {
                return method.invoke(sim, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @SuppressWarnings("unchecked")
    private void note(String call, Object[] arguments) {
        if (List.of("install", "replace", "drain", "remove").contains(call)) {
            beforeWrite.run();
        }
        switch (call) {
            case "install" -> ((List<FlowEntry>) arguments[0]).forEach(e -> {
                working.put(e.id(), e);
                writes.add(call);
            });
            case "replace", "drain" -> {
                working.computeIfPresent((Integer) arguments[0], (id, e) -> new FlowEntry(id, e.key(), e.mask(), (List<Action>) arguments[1], e.drains() || call.equals("drain")));
                writes.add(call);
            }
            case "remove" -> {
                working.remove(arguments[0]);
                writes.add(call);
            }
            default -> {
            }
        }
    }

    @Override
    public void close() {
        sim.close();
    }
}
