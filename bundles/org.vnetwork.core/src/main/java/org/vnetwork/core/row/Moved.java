package org.vnetwork.core.row;

/** Key and row of one place in another schema. */
record Moved(Values key, Values value) {
    /** A key in another schema; null when it has no place there. */
    static Values key(Conversion conversion, Values key) {
        try {
            return conversion == null ? key : conversion.apply(key);
        } catch (Conversion.Misfit e) {
            return null;
        }
    }
}
