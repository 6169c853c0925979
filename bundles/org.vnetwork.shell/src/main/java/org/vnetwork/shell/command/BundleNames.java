package org.vnetwork.shell.command;

import java.util.Arrays;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.vnetwork.model.Refusal;

/** Bundles by the words that operators have for them. */
public final class BundleNames {
    private BundleNames() {
    }

    /**
     * The bundle of an id or symbolic name.
     *
     * @throws Refusal when none is of this name, or more than one
     */
    public static Bundle find(BundleContext context, String word) {
        List<Bundle> found = Arrays.stream(context.getBundles()).filter(b -> word.equals(String.valueOf(b.getBundleId())) || word.equals(b.getSymbolicName())).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw found.isEmpty() ? Refusal.value("bundle", word, "an id or symbolic name", "felix:lb -s shows them")
                : Refusal.value("bundle", word, "one of the ids " + String.join(", ", found.stream().map(b -> String.valueOf(b.getBundleId())).toList()));
    }
}
