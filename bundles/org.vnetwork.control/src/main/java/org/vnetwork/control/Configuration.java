package org.vnetwork.control;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The host's configuration: read it, plan an edit, apply one. Callable from any thread; edits are made one after the other. */
@ProviderType
public interface Configuration {
    /** What is configured now. */
    HostDocument current();

    /** Why what is configured now is not what was written last, and what differs, in a line; empty when it is, and from the next edit on. */
    Optional<String> problem();

    /**
     * What an edit would change, without changing it.
     *
     * @throws org.vnetwork.model.Refusal as {@link #apply} would, as far as can be told beforehand
     */
    Change plan(Edit edit);

    /**
     * Makes an edit: brings the host to the new document, then keeps it in the data folder.
     *
     * @throws org.vnetwork.model.Refusal when it cannot be done; then the host is as before
     */
    Change apply(Edit edit);
}
