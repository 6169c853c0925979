package org.vnetwork.core.row;

import java.util.List;

/**
 * What becomes of the rows of one data type when other classes take them over; nothing is changed by it.
 *
 * @param type data type id and version
 * @param rows that are there
 * @param converted those of them that have a place in the other classes
 * @param preset components that the rows do not have and that get their default
 * @param dropped components that the other classes do not have
 * @param problems why rows cannot be converted, the first few, each with its key
 * @param before a digest of all rows, whatever their order
 * @param after the same of the converted ones
 */
public record ConversionReport(String type, int rows, int converted, List<String> preset, List<String> dropped, List<String> problems, String before, String after) {
    /** Rows that cannot be converted. */
    public int lost() {
        return rows - converted;
    }

    /** Whether every row can be. */
    public boolean isWhole() {
        return lost() == 0;
    }

    /** In one line. */
    @Override
    public String toString() {
        return "data type " + type + ": " + converted + " of " + rows + " rows convert" + (preset.isEmpty() ? "" : ", default for " + String.join(", ", preset))
                + (dropped.isEmpty() ? "" : ", dropped " + String.join(", ", dropped)) + (problems.isEmpty() ? "" : "; not: " + String.join("; ", problems));
    }
}
