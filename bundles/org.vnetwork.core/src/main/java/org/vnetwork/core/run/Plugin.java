package org.vnetwork.core.run;

import org.osgi.framework.Version;
import org.vnetwork.control.PluginDocument;

/**
 * An installed engine or filter, of which instances can be had.
 *
 * @param <T> {@code ForwardingEngine} or {@code PacketFilter}
 */
public interface Plugin<T> {
    /** As commands take it. */
    String name();

    /** Symbolic name of its bundle. */
    String bundle();

    /** Version of its bundle. */
    Version version();

    /** As documents name it. */
    default PluginDocument document() {
        return new PluginDocument(name(), bundle(), version().toString());
    }

    /**
     * A new instance; null when the bundle has gone.
     *
     * @throws RuntimeException when it cannot be made; the message says what its constructor threw
     */
    T acquire();

    /** Gives an instance back. */
    void release(T instance);
}
