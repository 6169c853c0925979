package org.vnetwork.core.run;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.core.row.RowConversion;
import org.vnetwork.core.row.Tables;
import org.vnetwork.core.row.Transaction;
import org.vnetwork.model.PortId;
import org.vnetwork.model.Refusal;
import org.vnetwork.packet.wire.KeyParser;
import org.vnetwork.table.Context;
import org.vnetwork.table.Event;
import org.vnetwork.table.RuleTable;
import org.vnetwork.table.Table;

/**
 * The context of one plugin.
 *
 * <p>Until it is put to work the plugin runs on a thread of its own, and nothing that it does has an effect: rows go to an overlay, rules to copies, the rest waits. {@link #begin} makes all of
 * that real in one step. From then on it is used on the loop, within calls through the gate. {@link #close} ends its timers and listeners; any thread may close one that is not at work.
 */
final class PluginContext implements Context {
    private enum Life {
        STAGED, WORKING, CLOSED
    }

    private final Guest guest;
    private final World world;
    private final List<Runnable> undo = new ArrayList<>();
    private final Map<List<Class<?>>, Table<?, ?>> views = new HashMap<>();
    private final Map<Class<?>, StagedRules<?>> rules = new HashMap<>();
    /** Tables that become what the plugin's classes have, when it is put to work. */
    private final List<RowConversion> takeovers = new ArrayList<>();
    /** What takes effect when it is put to work, in order. */
    private final List<Runnable> waiting = new ArrayList<>();
    private final Transaction overlay;
    private volatile Life life = Life.STAGED;
    private volatile Thread stage;

    PluginContext(Guest guest, World world) {
        this.guest = guest;
        this.world = world;
        this.overlay = world.tables().aside();
    }

    Guest guest() {
        return guest;
    }

    /** What it wrote while it was opened. */
    Transaction overlay() {
        return overlay;
    }

    /** Says on which thread it is opened. */
    void stage(Thread thread) {
        stage = thread;
    }

    /** Whether it is not at work yet. */
    boolean isStaged() {
        return life == Life.STAGED;
    }

    /** Puts it to work: what it did so far takes effect. Loop thread only. */
    void begin() {
        if (life != Life.STAGED) {
            throw new IllegalStateException(guest.role() + " is closed");
        }
        takeovers.forEach(world::takeOver);
        takeovers.clear();
        overlay.commit(world.nanoTime());
        life = Life.WORKING;
        waiting.forEach(Runnable::run);
        waiting.clear();
    }

    /** Does work of the platform for the plugin, on the loop; from any thread but the loop's and the one that opens the plugin it is refused. */
    <T> T reach(Supplier<T> work) {
        if (life == Life.STAGED && Thread.currentThread() == stage) {
            return world.reach(() -> {
                checkOpen();
                return work.get();
            });
        }
        Gate gate = world.gate();
        try {
            checkOpen();
            return gate.cross(work);
        } catch (IllegalStateException e) {
            if (!gate.isHere()) {
                // Whoever runs on a thread of a plugin's own tells nobody.
                world.misused(guest, e);
            }
            throw e;
        }
    }

    private Object rows(Function<Transaction, Object> work) {
        return life == Life.STAGED && !world.tables().deciding() ? reach(() -> work.apply(overlay)) : reach(() -> world.tables().in(work));
    }

    @Override
    public <K extends Record, V extends Record> Table<K, V> table(Class<K> key, Class<V> row) {
        RowConversion[] takeover = new RowConversion[1];
        Table<K, V> view = reach(() -> view(key, row, takeover));
        if (takeover[0] != null) {
            // On the thread that opens the plugin: neither many rows nor an upgrade function hold up the switch.
            takeover[0].work();
            reach(() -> {
                world.tables().checkTakeOver(takeover[0]);
                return takeovers.add(takeover[0]);
            });
        }
        return view;
    }

    @SuppressWarnings("unchecked")
    private <K extends Record, V extends Record> Table<K, V> view(Class<K> key, Class<V> row, RowConversion[] takeover) {
        Table<?, ?> known = views.get(List.of(key, row));
        if (known == null) {
            boolean staged = life == Life.STAGED;
            known = staged ? world.tables().guestView(key, row, guest.bundle(), this::rows) : world.tables().pluginView(key, row, guest.bundle(), this::rows);
            views.put(List.of(key, row), known);
            takeover[0] = staged ? world.tables().conversions().beginFor(known) : null;
        }
        return (Table<K, V>) known;
    }

    @Override
    public <R extends Record> RuleTable<R> rules(Class<R> rule) {
        return reach(() -> {
            @SuppressWarnings("unchecked")
            StagedRules<R> asked = (StagedRules<R>) rules.computeIfAbsent(rule, r -> new StagedRules<>(world, this, rule, world.rules().of(rule, guest.bundle())));
            return asked;
        });
    }

    @Override
    public <P extends Record> Table<PortId, P> parameters(Class<P> type) {
        return table(PortId.class, type);
    }

    /** Does something now, or when the plugin is put to work. */
    void whenAtWork(Runnable work) {
        reach(() -> {
            if (life == Life.STAGED) {
                waiting.add(work);
            } else {
                work.run();
            }
            return null;
        });
    }

    @Override
    public void every(Duration period, Runnable task) {
        checkOutside("every");
        if (period.compareTo(Duration.ofMillis(1)) < 0) {
            throw Refusal.value("period", period, "1 ms or more");
        }
        whenAtWork(() -> undo.add(world.every(guest, period, task)));
    }

    @Override
    public <K extends Record, V extends Record> void onChange(Table<K, V> table, BiConsumer<K, V> listener) {
        checkOutside("onChange");
        BiConsumer<Record, Record> guarded = (key, row) -> world.call(guest, () -> notify(listener, key, row));
        whenAtWork(() -> {
            Tables.listen(table, guest.role(), guarded);
            undo.add(() -> Tables.unlisten(table, guarded));
        });
    }

    @SuppressWarnings("unchecked")
    private static <K extends Record, V extends Record> void notify(BiConsumer<K, V> listener, Record key, Record row) {
        listener.accept((K) key, (V) row);
    }

    @Override
    public void send(int port, MemorySegment frame) {
        checkOutside("send");
        if (frame.byteSize() < KeyParser.ETHERNET_SIZE) {
            throw Refusal.value("frame", frame.byteSize() + " octets", KeyParser.ETHERNET_SIZE + " or more");
        }
        byte[] copy = frame.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        int id = new PortId(port).value();
        whenAtWork(() -> world.send(id, copy));
    }

    @Override
    public void event(Event event) {
        checkOutside("event");
        whenAtWork(() -> world.event(guest, event));
    }

    private void checkOpen() {
        if (life == Life.CLOSED) {
            throw new IllegalStateException(guest.role() + " is closed");
        }
    }

    /** Refuses what is not done inside a decision. */
    void checkOutside(String what) {
        reach(() -> {
            if (world.tables().deciding()) {
                throw new IllegalStateException(what + " inside a decision; effects there are actions, so that previews stay silent");
            }
            return null;
        });
    }

    /** Ends its timers and listeners, which are called no more. */
    void silence() {
        undo.forEach(Runnable::run);
        undo.clear();
    }

    /** Ends it; what waits never takes effect. */
    void close() {
        life = Life.CLOSED;
        silence();
        waiting.clear();
        if (Thread.currentThread() == world.gate().thread()) {
            giveBack();
        } else {
            world.later(this::giveBack);
        }
    }

    /** Leaves nothing of its classes behind. Loop thread only. */
    private void giveBack() {
        views.values().forEach(world.tables()::release);
        views.clear();
        rules.values().forEach(StagedRules::close);
        rules.clear();
        takeovers.clear();
    }
}
