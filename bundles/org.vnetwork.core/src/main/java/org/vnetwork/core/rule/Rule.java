package org.vnetwork.core.rule;

import org.vnetwork.table.Match;

/** A rule as it is kept. */
public record Rule(long id, int priority, Match match, Record says) {
    /** Whether this one is asked before another: the higher priority, of equals the lower id. */
    boolean precedes(Rule other) {
        return priority != other.priority ? priority > other.priority : id < other.id;
    }
}
