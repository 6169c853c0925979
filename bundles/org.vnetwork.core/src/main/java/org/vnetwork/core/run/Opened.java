package org.vnetwork.core.run;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A plugin instance at work, with its context. Loop thread only.
 *
 * @param <T> {@code ForwardingEngine} or {@code PacketFilter}
 */
record Opened<T>(Plugin<T> plugin, T instance, PluginContext context) {
    /** Acquires and opens an instance; on failure nothing is left of it. */
    static <T> Opened<T> open(Plugin<T> plugin, PluginContext context, BiConsumer<T, PluginContext> open) {
        context.begin(plugin.bundle());
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
        context.is(instance);
        try {
            open.accept(instance, context);
            return new Opened<>(plugin, instance, context);
        } catch (Throwable e) {
            letGo(plugin, instance, context);
            throw e;
        }
    }

    private static <T> void letGo(Plugin<T> plugin, T instance, PluginContext context) {
        try {
            context.close();
        } finally {
            plugin.release(instance);
        }
    }

    /** Closes and releases it; a failure of its own is told and changes nothing. */
    void close(Consumer<T> close, Consumer<Throwable> failed) {
        try {
            close.accept(instance);
        } catch (Throwable e) {
            failed.accept(e);
        }
        try {
            letGo(plugin, instance, context);
        } catch (Throwable e) {
            failed.accept(e);
        }
    }
}
