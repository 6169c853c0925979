package org.vnetwork.shell.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lays rows out in aligned columns: numbers to the right, other values to the left, two spaces between. */
final class TextTable {
    private static final String GAP = "  ";
    private static final String FOLD = "    ";
    /** Columns up to this width are not worth a line. */
    private static final int NARROW = 8;

    private TextTable() {
    }

    /**
     * Lines of a table; the columns are all keys of its rows, in order of first use.
     *
     * @param width columns of the terminal: what does not fit, the widest texts first, stands in lines of its own below its row; 0 for any
     */
    static String of(List<Map<String, Object>> rows, Ink ink, int width) {
        List<Column> columns = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.keySet()));
        names.forEach(name -> columns.add(Column.of(name, rows)));
        List<Column> folded = folded(columns, width);
        int labels = folded.stream().mapToInt(c -> c.cells().getFirst().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= rows.size(); i++) {
            StringBuilder line = new StringBuilder();
            for (Column column : columns) {
                if (!folded.contains(column)) {
                    line.append(line.isEmpty() ? "" : GAP).append(column.padded(i));
                }
            }
            String whole = line.toString().stripTrailing();
            text.append(i == 0 ? ink.bold(whole) : whole).append('\n');
            for (Column column : folded) {
                if (i > 0 && !column.cells().get(i).equals("-")) {
                    String label = column.cells().getFirst();
                    text.append(FOLD).append(label).append(" ".repeat(labels - label.length())).append(GAP).append(column.cells().get(i)).append('\n');
                }
            }
        }
        return text.toString();
    }

    /** The columns that stand in lines of their own; never the first, and no numbers. */
    private static List<Column> folded(List<Column> columns, int width) {
        int total = columns.stream().mapToInt(c -> c.width() + GAP.length()).sum() - GAP.length();
        List<Column> candidates = new ArrayList<>(columns.stream().skip(1).filter(c -> !c.right() && c.width() > NARROW).toList());
        candidates.sort(Comparator.comparingInt(Column::width).reversed());
        List<Column> folded = new ArrayList<>();
        while (width > 0 && total > width && !candidates.isEmpty()) {
            Column widest = candidates.removeFirst();
            folded.add(widest);
            total -= widest.width() + GAP.length();
        }
        return columns.stream().filter(folded::contains).toList();
    }

    /**
     * A column.
     *
     * @param cells its header and the text of each row
     * @param right whether it is aligned to the right, as numbers are
     */
    private record Column(List<String> cells, boolean right, int width) {
        static Column of(String header, List<Map<String, Object>> rows) {
            List<Object> values = rows.stream().map(row -> row.get(header)).toList();
            List<String> cells = new ArrayList<>(List.of(header));
            values.forEach(value -> cells.add(Cells.text(value)));
            boolean right = !values.isEmpty() && values.stream().allMatch(v -> v instanceof Number);
            return new Column(cells, right, cells.stream().mapToInt(String::length).max().orElse(0));
        }

        String padded(int row) {
            String pad = " ".repeat(width - cells.get(row).length());
            return right ? pad + cells.get(row) : cells.get(row) + pad;
        }
    }

    /** Lines of names and values; a list has a line for each of its items. */
    static String pairs(Map<String, Object> pairs, String indent) {
        int width = pairs.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        pairs.forEach((name, value) -> {
            List<?> items = value instanceof List<?> list && !list.isEmpty() ? list : List.of(Cells.text(value));
            String label = name;
            for (Object item : items) {
                text.append(indent).append(label).append(" ".repeat(width - label.length())).append(GAP).append(Cells.text(item)).append('\n');
                label = "";
            }
        });
        return text.toString();
    }
}
