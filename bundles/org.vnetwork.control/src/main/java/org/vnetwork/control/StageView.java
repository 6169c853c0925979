package org.vnetwork.control;

import java.util.List;

/**
 * One stage of a trace.
 *
 * @param stage {@code port in}, {@code filter count slot 1 of web1 in}, {@code engine learning}, ...
 * @param fields read in this stage, with their values, as text
 * @param rows read in this stage, as text
 * @param writes that it would make, as text
 * @param verdict what it decided, and why
 */
public record StageView(String stage, List<String> fields, List<String> rows, List<String> writes, String verdict) {
}
