package org.vnetwork.control;

/**
 * A rule of an engine or a filter.
 *
 * @param table data type id and version of the list that it is in
 * @param priority the highest is asked first
 * @param id of equal priorities the lowest is asked first
 * @param match what it compares, as flows are written; {@code any} for nothing
 * @param rule what it says
 * @param owner bundle of the rules
 * @param flows installed flows that it decided
 */
public record RuleView(String table, int priority, long id, String match, String rule, String owner, int flows) {
}
