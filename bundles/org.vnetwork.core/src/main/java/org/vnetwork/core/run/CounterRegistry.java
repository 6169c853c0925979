package org.vnetwork.core.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.vnetwork.control.CounterView;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.model.Refusal;

/** The counters that plugins of one switch named. Loop thread only. */
final class CounterRegistry {
    private final Map<Long, Named> names = new HashMap<>();

    private record Named(String plugin, String name) {
    }

    /** Notes a counter; it stays, so that what it counted can be asked for when its plugin is gone. */
    void note(long id, String plugin, String name) {
        if (names.containsKey(id)) {
            return;
        }
        if (names.size() == CounterTable.COUNTERS) {
            throw new Refusal("counter " + name + " of " + plugin + ": one too many (expected: at most " + CounterTable.COUNTERS + " in a switch)");
        }
        names.put(id, new Named(plugin, name));
    }

    /** All of them, by plugin and name. */
    List<CounterView> views(LongFunction<CounterTable.Count> counts) {
        List<CounterView> views = new ArrayList<>();
        names.forEach((id, named) -> {
            CounterTable.Count count = counts.apply(id);
            views.add(new CounterView(named.plugin, named.name, count.frames(), count.bytes()));
        });
        views.sort((a, b) -> a.plugin().equals(b.plugin()) ? a.counter().compareTo(b.counter()) : a.plugin().compareTo(b.plugin()));
        return views;
    }
}
