package org.vnetwork.control;

import java.util.List;

/**
 * A component of the keys or rows of a table.
 *
 * @param name of the component
 * @param key whether it belongs to the key
 * @param values all that it can be, where these are few: constants, truth values, names of ports; else empty
 */
public record ColumnView(String name, boolean key, List<String> values) {
}
