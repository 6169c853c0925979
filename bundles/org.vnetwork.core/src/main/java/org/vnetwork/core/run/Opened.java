package org.vnetwork.core.run;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.core.decide.Stage;
import org.vnetwork.core.gate.Gate;
import org.vnetwork.core.gate.Guest;
import org.vnetwork.model.Refusal;

/**
 * A plugin instance with its context: opened on a thread of its own, then put to work on the loop, then closed there.
 *
 * @param <T> {@code ForwardingEngine} or {@code PacketFilter}
 */
record Opened<T>(Plugin<T> plugin, PluginContext context, Stage<T> stage, Consumer<T> ending) {
    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

    /** What the gate knows of it. */
    Guest guest() {
        return context.guest();
    }

    /**
     * Acquires and opens an instance; on failure nothing is left of it. Any thread but the loop's, for at most 10 s.
     *
     * @return null when its bundle has gone
     */
    static <T> Opened<T> open(Plugin<T> plugin, PluginContext context, BiConsumer<T, PluginContext> open, Consumer<T> close) {
        try {
            return Staging.run(context.guest(), "open", Staging.LONGEST, () -> here(plugin, context, open, close), late -> late.discard());
        } catch (Refusal e) {
            context.close();
            throw e;
        }
    }

    /** As {@link #open}, on this thread. */
    static <T> Opened<T> here(Plugin<T> plugin, PluginContext context, BiConsumer<T, PluginContext> open, Consumer<T> close) {
        context.stage(Thread.currentThread());
        T instance;
        try {
            instance = plugin.acquire();
        } catch (Throwable e) {
            context.close();
            throw e;
        }
        if (instance == null) {
            context.close();
            return null;
        }
        context.guest().is(instance);
        Opened<T> opened = new Opened<>(plugin, context, new Stage<>(instance, context.guest()), close);
        try {
            open.accept(instance, context);
            return opened;
        } catch (Throwable e) {
            opened.letGo();
            throw e;
        }
    }

    /** Has what it wrote when it opened take effect. Loop thread only. */
    void begin() {
        context.begin();
    }

    private void letGo() {
        try {
            context.close();
        } finally {
            plugin.release(stage.plugin());
        }
    }

    /** Lets go of one that was never at work; any thread but the loop's. That it fails or hangs concerns nobody. */
    void discard() {
        context.close();
        try {
            Staging.run(guest(), "close", Staging.MOMENT, () -> {
                try {
                    ending.accept(stage.plugin());
                } finally {
                    plugin.release(stage.plugin());
                }
                return null;
            }, nothing -> { });
        } catch (RuntimeException | Error e) {
            LOG.info("{} failed to close; it was never at work", guest(), e);
        }
    }

    /** Takes it from work at once; {@link #close} is still to come. Loop thread only. */
    void end() {
        context.close();
    }

    /** Closes and releases it through the gate; a failure of its own is told and changes nothing. Loop thread only. */
    void close(Gate gate, Consumer<Throwable> failed) {
        tell(gate.call(guest(), () -> ending.accept(stage.plugin())), failed);
        context.close();
        tell(gate.call(guest(), () -> plugin.release(stage.plugin())), failed);
    }

    private static void tell(Throwable failure, Consumer<Throwable> failed) {
        if (failure != null) {
            failed.accept(failure);
        }
    }
}
