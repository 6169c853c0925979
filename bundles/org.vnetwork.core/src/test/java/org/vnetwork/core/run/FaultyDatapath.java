package org.vnetwork.core.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.datapath.FlowEntry;
import org.vnetwork.datapath.Simulated;
import org.vnetwork.datapath.sim.SimDriver;
import org.vnetwork.packet.wire.Action;

/** A simulated datapath that refuses some of what it is told, and notes what it took: frames go by that. */
final class FaultyDatapath {
    /** Whether it refuses a call: {@code install} (asked for each flow), {@code replace} or {@code drain}. */
    Predicate<String> refuses = call -> false;
    /** How many calls were refused, by name. */
    final Map<String, Integer> refused = new TreeMap<>();
    /** What each flow that is in does. */
    final Map<Integer, List<Action>> taken = new HashMap<>();
    private final Datapath sim = new SimDriver().open("test", "sw1", Path.of("."));

    /** As the core sees it. */
    Datapath open() {
        return (Datapath) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Datapath.class, Simulated.class}, (self, method, arguments) -> {
            try {
                return switch (method.getName()) {
                    case "install" -> install(FaultyDatapath.<List<FlowEntry>>as(arguments[0]));
                    case "replace", "drain" -> !refuses(method.getName()) && take((Integer) arguments[0], FaultyDatapath.<List<Action>>as(arguments[1]), (boolean) method.invoke(sim, arguments));
                    case "remove" -> {
                        taken.remove(arguments[0]);
                        yield method.invoke(sim, arguments);
                    }
                    default -> method.invoke(sim, arguments);
                };
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static <T> T as(Object argument) {
        return (T) argument;
    }

    private boolean refuses(String call) {
        boolean no = refuses.test(call);
        refused.merge(call, no ? 1 : 0, Integer::sum);
        return no;
    }

    private boolean take(int flow, List<Action> actions, boolean in) {
        if (in) {
            taken.put(flow, List.copyOf(actions));
        }
        return in;
    }

    private boolean[] install(List<FlowEntry> entries) {
        boolean[] in = new boolean[entries.size()];
        for (int i = 0; i < in.length; i++) {
            FlowEntry entry = entries.get(i);
            in[i] = !refuses("install") && take(entry.id(), entry.actions(), sim.install(new ArrayList<>(List.of(entry)))[0]);
        }
        return in;
    }
}
