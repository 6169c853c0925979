package org.vnetwork.control;

/**
 * A table.
 *
 * @param type data type id and version
 * @param bundle symbolic name of the bundle that the type belongs to; empty for types that all share
 * @param state whether a plugin uses it now, or its bundle is not installed
 * @param rows how many
 * @param limit most rows it takes
 * @param refused rows that it did not take: it was full, or their port had its share
 * @param flows installed flows that read one or more of its rows
 */
public record TableView(String type, String bundle, String state, int rows, int limit, long refused, int flows) {
    /** State of a table that the platform or a plugin uses. */
    public static final String IN_USE = "in use";
    /** State of a table that nobody uses now, although its bundle is there. */
    public static final String UNUSED = "not in use";
    /** State of a table whose bundle is not there. */
    public static final String NOT_INSTALLED = "bundle not installed";

    /** The same in another state. */
    public TableView in(String now) {
        return new TableView(type, bundle, now, rows, limit, refused, flows);
    }
}
