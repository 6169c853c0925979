package org.vnetwork.shell.text;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lays rows out in aligned columns: numbers to the right, other values to the left, two spaces between. */
final class TextTable {
    private static final String GAP = "  ";

    private TextTable() {
    }

    /** Lines of a table; the columns are all keys of its rows, in order of first use. */
    static String of(List<Map<String, Object>> rows, Ink ink) {
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(row.keySet()));
        List<StringBuilder> lines = new ArrayList<>();
        for (int i = 0; i <= rows.size(); i++) {
            lines.add(new StringBuilder());
        }
        for (String column : columns) {
            append(lines, column, rows.stream().map(row -> row.get(column)).toList());
        }
        StringBuilder text = new StringBuilder(ink.bold(lines.getFirst().toString().stripTrailing())).append('\n');
        lines.stream().skip(1).forEach(line -> text.append(line.toString().stripTrailing()).append('\n'));
        return text.toString();
    }

    private static void append(List<StringBuilder> lines, String header, List<Object> values) {
        boolean right = !values.isEmpty() && values.stream().allMatch(v -> v instanceof Number);
        List<String> cells = new ArrayList<>(List.of(header));
        values.forEach(value -> cells.add(Cells.text(value)));
        int width = cells.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < lines.size(); i++) {
            StringBuilder line = lines.get(i);
            if (!line.isEmpty()) {
                line.append(GAP);
            }
            String pad = " ".repeat(width - cells.get(i).length());
            line.append(right ? pad + cells.get(i) : cells.get(i) + pad);
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
