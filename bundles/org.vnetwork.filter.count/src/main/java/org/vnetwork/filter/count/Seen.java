package org.vnetwork.filter.count;

import org.vnetwork.table.DataType;

/** That traffic of a kind passed within the last minute: data type {@code count/1}; being there is all that a row says. */
@DataType("count/1")
public record Seen() {
}
