package org.vnetwork.shell.text;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.control.Change;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.Page;
import org.vnetwork.control.StageView;
import org.vnetwork.control.TraceView;

/** Turns results into text: lists into tables, single records into names and values, some into a form of their own. */
public final class Text {
    private Text() {
    }

    /** Lines of a result, each with its line feed and as long as it is; empty for a command that returns nothing. */
    public static String of(Object result, Ink ink) {
        return of(result, ink, 0);
    }

    /**
     * Lines of a result for a terminal: tables fold columns that do not fit, other lines break between words. What can be typed or parsed again stays whole.
     *
     * @param width columns of the terminal; 0 for any
     */
    public static String of(Object result, Ink ink, int width) {
        String text = whole(result, ink, width);
        return result instanceof JsonText || result instanceof HostDocument ? text : Wrap.lines(text, width);
    }

    private static String whole(Object result, Ink ink, int width) {
        return switch (result) {
            case null -> "";
            case JsonText text -> text.json() + "\n";
            case Change change -> change(change, ink);
            case TraceView trace -> trace(trace, ink);
            case HostDocument document -> Commands.of(document);
            case SwitchDetail detail -> TextTable.pairs(Components.inWords(detail.state()), "") + "\n" + table(detail.ports(), ink, width);
            case CommandHelp help -> help(help, ink);
            case Page<?> page -> page(page, ink, width);
            case Record item -> TextTable.pairs(Components.inWords(item), "");
            case Collection<?> items -> table(items, ink, width);
            default -> lines(result.toString());
        };
    }

    private static String lines(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    /** A table, and below it what it does not show. */
    private static String page(Page<?> page, Ink ink, int width) {
        String left = page.from() == 0 && page.more() == 0 ? ""
                : page.items().size() + " of " + page.total() + " shown" + (page.from() == 0 ? "" : ", after the first " + page.from())
                        + (page.more() == 0 ? "" : "; --from " + (page.total() - page.more()) + " shows more, --limit N that many at once") + "\n";
        return table(page.items(), ink, width) + left;
    }

    private static String table(Collection<?> items, Ink ink, int width) {
        if (items.isEmpty()) {
            return "none\n";
        }
        if (!items.stream().allMatch(Record.class::isInstance)) {
            StringBuilder text = new StringBuilder();
            items.forEach(item -> text.append(whole(item, ink, width)));
            return text.toString();
        }
        List<Map<String, Object>> rows = items.stream().map(item -> Rows.of((Record) item)).toList();
        return TextTable.of(rows, ink, width);
    }

    private static String change(Change change, Ink ink) {
        StringBuilder text = new StringBuilder();
        for (String line : change.differences()) {
            text.append(line.startsWith("+") ? ink.green(line) : line.startsWith("-") ? ink.red(line) : ink.yellow(line)).append('\n');
        }
        change.report().forEach(line -> text.append(line).append('\n'));
        if (change.differences().isEmpty()) {
            text.append("no difference\n");
        }
        if (!change.applied()) {
            text.append("planned only: nothing was changed\n");
        }
        return text.toString();
    }

    private static String trace(TraceView trace, Ink ink) {
        StringBuilder text = new StringBuilder(TextTable.pairs(Map.of("frame", trace.frame()), ""));
        for (StageView stage : trace.stages()) {
            if (stage != trace.stages().getFirst() && stage.stage().equals(trace.stages().getFirst().stage())) {
                text.append(ink.bold("second run, with the rows that the first would write")).append('\n');
            }
            Map<String, Object> pairs = new LinkedHashMap<>();
            put(pairs, "reads", stage.fields().isEmpty() ? List.of() : List.of(String.join(", ", stage.fields())));
            put(pairs, "rows", stage.rows());
            put(pairs, "writes", stage.writes());
            pairs.put("verdict", stage.verdict());
            text.append(ink.bold(stage.stage())).append('\n').append(TextTable.pairs(pairs, "  "));
        }
        Map<String, Object> end = new LinkedHashMap<>();
        end.put("flow", trace.flow() < 0 ? "no installed flow matches" : "flow " + trace.flow() + " matches");
        end.put("match", trace.match());
        end.put("actions", trace.actions());
        return text.append(ink.bold("result")).append('\n').append(TextTable.pairs(end, "  ")).toString();
    }

    private static void put(Map<String, Object> pairs, String name, List<String> items) {
        if (!items.isEmpty()) {
            pairs.put(name, items);
        }
    }

    private static String help(CommandHelp help, Ink ink) {
        Map<String, Object> words = new LinkedHashMap<>();
        help.words().forEach(word -> words.put(word.form(), word.help()));
        return ink.bold(help.usage()) + "\n" + help.does() + "\n" + TextTable.pairs(words, "  ") + "example: " + help.example() + "\n";
    }
}
