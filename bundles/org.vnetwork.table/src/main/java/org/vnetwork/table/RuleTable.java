package org.vnetwork.table;

import org.osgi.annotation.versioning.ProviderType;
import org.vnetwork.packet.Packet;

/**
 * Rules by priority; the platform finds the first that matches and records only what that took.
 *
 * @param <R> what a rule says
 */
@ProviderType
public interface RuleTable<R extends Record> {
    /**
     * The matching rule of the highest priority, of equals the one with the lowest id; null when none matches.
     *
     * <p>A part whose field the packet does not have makes a rule not match. Called inside a decision.
     */
    R first(Packet packet);

    /**
     * Adds or replaces the rule of this id; flows that it can touch are decided again.
     *
     * @throws IllegalStateException inside a decision
     */
    void put(long id, int priority, Match match, R rule);

    /** Removes the rule of this id, if there is one. */
    void remove(long id);
}
