package org.vnetwork.control;

/**
 * A table.
 *
 * @param type data type id and version
 * @param rows how many
 * @param limit most rows it takes
 * @param refused rows that it did not take: it was full, or their port had its share
 * @param flows installed flows that read one or more of its rows
 */
public record TableView(String type, int rows, int limit, long refused, int flows) {
}
