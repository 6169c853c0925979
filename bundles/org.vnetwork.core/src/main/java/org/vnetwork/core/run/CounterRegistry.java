package org.vnetwork.core.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.control.CounterView;
import org.vnetwork.core.journal.Journal;
import org.vnetwork.datapath.CounterTable;
import org.vnetwork.datapath.Datapath;
import org.vnetwork.model.Refusal;

/**
 * The counters that plugins of one switch named.
 *
 * <p>One that no flow counts into stays, so that what it counted can be asked for when its plugin is gone. When there are as many as a switch has and another comes, the one that was longest out of use
 * makes room. Loop thread only.
 */
final class CounterRegistry {
    private final Map<Long, Named> names = new HashMap<>();
    private final Datapath datapath;
    private final Journal journal;
    private final ByteBuffer buffer = Journal.buffer();
    private boolean restored;

    private static final class Named {
        private final long id;
        private String plugin = "";
        private String name;
        private int place = Journal.NOWHERE;
        /** How often flows' actions name it. */
        private int uses;
        private long usedNanos;

        /** One whose name is not known (yet). */
        private Named(long id) {
            this.id = id;
            this.name = "#" + Long.toHexString(id);
        }

        private void name(String ofPlugin, String called, int at) {
            plugin = ofPlugin;
            name = called;
            place = at;
        }
    }

    /** Those that an earlier process named, as what they counted may outlive it. */
    CounterRegistry(Datapath datapath, Journal journal) {
        this.datapath = datapath;
        this.journal = journal;
        for (Journal.Found found : journal.take(Journal.Kind.COUNTER)) {
            long id = found.octets().getLong();
            String[] both = StandardCharsets.UTF_8.decode(found.octets()).toString().split("\n", 2);
            named(id).name(both[0], both[1], found.at());
        }
    }

    /** Notes that a plugin counts into a counter. */
    void note(long id, String plugin, String name) {
        if (!names.containsKey(id) && names.size() >= CounterTable.COUNTERS && !makeRoom()) {
            throw new Refusal("counter " + name + " of " + plugin + ": one too many (expected: at most " + CounterTable.COUNTERS + " at a time in a switch)");
        }
        Named named = named(id);
        if (named.plugin.isEmpty()) {
            buffer.clear().putLong(id).put((plugin + "\n" + name).getBytes(StandardCharsets.UTF_8));
            named.name(plugin, name, journal.put(Journal.Kind.COUNTER, buffer.flip(), 0, 0));
        }
    }

    /** The counter of this id, which is in use now. */
    private Named named(long id) {
        Named named = names.computeIfAbsent(id, Named::new);
        named.usedNanos = datapath.nanoTime();
        return named;
    }

    /** Forgets the counter that was longest out of use; false when flows count into all of them, or did until just now. */
    private boolean makeRoom() {
        long now = datapath.nanoTime();
        Named oldest = names.values().stream().filter(n -> restored && n.uses == 0 && now - n.usedNanos >= PluginNames.IDLE_NANOS).min(Comparator.comparingLong(n -> n.usedNanos)).orElse(null);
        if (oldest == null) {
            return false;
        }
        names.remove(oldest.id);
        datapath.keepCounters(names::containsKey);
        journal.free(oldest.place);
        return true;
    }

    /** Flows' actions name a counter so many times more, or less. */
    void used(long id, int more) {
        named(id).uses += more;
    }

    /** Flows of an earlier process have been taken over: what the datapath counted for others goes. */
    void restored() {
        restored = true;
        datapath.keepCounters(names::containsKey);
    }

    /** Ids of all of them, by plugin and name. */
    List<Long> ids() {
        return names.values().stream().sorted(Comparator.<Named, String>comparing(n -> n.plugin).thenComparing(n -> n.name)).map(n -> n.id).toList();
    }

    /** One of them, with what it counted; null when it has made room. */
    CounterView view(long id) {
        Named named = names.get(id);
        if (named == null) {
            return null;
        }
        CounterTable.Count count = datapath.counter(id);
        return new CounterView(named.plugin, named.name, count.frames(), count.bytes());
    }
}
