package org.vnetwork.core.row;

import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.vnetwork.model.Refusal;
import org.vnetwork.table.shared.FdbEntry;

/** Which bundle each data type of a switch belongs to: the one whose class defined it first. Loop thread only. */
public final class Owners {
    private final Map<String, String> owners = new HashMap<>();

    /** Nobody owns anything. */
    public Owners() {
        // As the comment says.
    }

    /** Symbolic name of the bundle that a type belongs to; empty when all share it. */
    public String owner(String type) {
        return owners.getOrDefault(type, "");
    }

    /**
     * Refuses a class whose bundle is not the owner of the type, when it has one.
     *
     * @param bundle who asks; counts for a class that is of no bundle
     */
    public void check(String type, Class<?> definition, String bundle) {
        String owner = owners.get(type);
        String other = definer(definition, bundle);
        if (owner != null && !owner.equals(other)) {
            throw new Refusal("data type " + type + ": it belongs to " + name(owner) + ", and " + name(other) + " has a class of that name, " + definition.getName()
                    + " (expected: an id of its own, as " + (other.isEmpty() ? "com.acme.qos" : other) + "/1)");
        }
    }

    /** Gives the type to the bundle of a class. */
    public void own(String type, Class<?> definition, String bundle) {
        own(type, definer(definition, bundle));
    }

    /** Gives the type to a bundle. */
    public void own(String type, String owner) {
        owners.putIfAbsent(type, owner);
    }

    /** Lets anybody have the type. */
    public void disown(String type) {
        owners.remove(type);
    }

    private static String name(String owner) {
        return owner.isEmpty() ? "all bundles (org.vnetwork.table.shared)" : "bundle " + owner;
    }

    private static String definer(Class<?> definition, String bundle) {
        if (definition.getPackageName().equals(FdbEntry.class.getPackageName()) && definition.getClassLoader() == FdbEntry.class.getClassLoader()) {
            return "";
        }
        Bundle of = FrameworkUtil.getBundle(definition);
        return of == null ? bundle : of.getSymbolicName();
    }
}
