package org.vnetwork.control;

import org.osgi.annotation.versioning.ProviderType;

/** The host's configuration: read it, plan an edit, apply one. Callable from any thread; edits are made one after the other. */
@ProviderType
public interface Configuration {
    /** What is configured now. */
    HostDocument current();

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
