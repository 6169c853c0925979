package org.vnetwork.core.run;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Ids of all of them, by plugin and name. */
    List<Long> ids() {
        return names.entrySet().stream().sorted(Map.Entry.comparingByValue(Comparator.comparing(Named::plugin).thenComparing(Named::name))).map(Map.Entry::getKey).toList();
    }

    /** One of them, with what it counted. */
    CounterView view(long id, CounterTable.Count count) {
        Named named = names.get(id);
        return new CounterView(named.plugin, named.name, count.frames(), count.bytes());
    }
}
