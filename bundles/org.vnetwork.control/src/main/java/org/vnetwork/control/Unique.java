package org.vnetwork.control;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vnetwork.model.Refusal;

/** Checks that names are given once. */
final class Unique {
    private Unique() {
    }

    static void check(String what, List<String> values) {
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            if (!seen.add(value)) {
                throw Refusal.value(what, value, "one that is not in use yet");
            }
        }
    }

    static String oneOf(List<String> names) {
        if (names.isEmpty()) {
            return "one that exists, and none does";
        }
        return names.size() <= 8 ? "one of " + String.join(", ", names) : "one of " + String.join(", ", names.subList(0, 8)) + ", ...";
    }
}
