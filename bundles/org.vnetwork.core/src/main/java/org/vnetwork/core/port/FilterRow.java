package org.vnetwork.core.port;

import org.vnetwork.table.DataType;

/**
 * The filter at work in a slot; no row: there is none, or its bundle has gone. Decisions depend on it, so that they are made again when it comes, goes or is replaced.
 *
 * @param name as commands take it
 * @param bundle symbolic name of its bundle
 * @param version of that bundle
 */
@DataType("filter/1")
public record FilterRow(String name, String bundle, String version) {
}
