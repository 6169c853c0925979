package org.vnetwork.core.rule;

import org.vnetwork.core.row.Values;
import org.vnetwork.table.Match;

/** A rule as it is kept: neutral, so that it outlives the class of its owner. */
public record Rule(long id, int priority, Match match, Values says) {
    /** Whether this one is asked before another: the higher priority, of equals the lower id. */
    boolean precedes(Rule other) {
        return priority != other.priority ? priority > other.priority : id < other.id;
    }

    /** Whether another one says the same, component by component. */
    boolean isLike(Rule other) {
        return other != null && equals(other) && says.isLike(other.says);
    }
}
