package org.vnetwork.control;

import java.util.Map;

/**
 * A row.
 *
 * @param key components by name
 * @param row components by name
 * @param ageMillis since it was put or refreshed
 * @param expiresMillis until it expires when nothing refreshes it; -1 when it stays
 * @param flows installed flows that read it
 */
public record RowView(Map<String, Object> key, Map<String, Object> row, long ageMillis, long expiresMillis, int flows) {
}
