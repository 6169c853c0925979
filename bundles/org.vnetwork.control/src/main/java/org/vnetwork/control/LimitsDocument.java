package org.vnetwork.control;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.vnetwork.model.Refusal;

/**
 * The limits of one switch.
 *
 * @param set those that are not as preset; one that is set to its preset value is as if not set
 */
public record LimitsDocument(Map<Limit, Integer> set) {
    /** All as preset. */
    public static final LimitsDocument PRESET = new LimitsDocument(Map.of());

    public LimitsDocument {
        Map<Limit, Integer> others = new EnumMap<>(Limit.class);
        set.forEach((limit, value) -> {
            if (value < limit.least() || value > limit.most()) {
                throw Refusal.value(limit.text(), value, limit.least() + ".." + limit.most());
            }
            if (value != limit.preset()) {
                others.put(limit, value);
            }
        });
        set = Collections.unmodifiableMap(others);
    }

    /** The value of a limit. */
    public int of(Limit limit) {
        return set.getOrDefault(limit, limit.preset());
    }

    /** These limits with some changed. */
    public LimitsDocument with(Map<Limit, Integer> changes) {
        Map<Limit, Integer> all = new EnumMap<>(Limit.class);
        all.putAll(set);
        all.putAll(changes);
        return new LimitsDocument(all);
    }
}
