package org.vnetwork.shell.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Breaks lines that a terminal would break inside words: at blanks, behind commas where there is no blank, below the text that they go on. */
public final class Wrap {
    private static final Pattern INK = Pattern.compile("\u001b\\[[0-9;]*m");
    /** A name and what it stands for, as in lists of pairs. */
    private static final Pattern PAIR = Pattern.compile("^ *\\S+( \\S+)*  +(?=\\S)");
    private static final int INDENT = 2;
    private static final int NARROWEST = 20;

    private Wrap() {
    }

    /** Lines of at most {@code width} characters where that can be; 0 leaves them as they are. */
    public static String lines(String text, int width) {
        if (width < NARROWEST) {
            return text;
        }
        StringBuilder wrapped = new StringBuilder();
        int begin = 0;
        while (begin < text.length()) {
            int end = text.indexOf('\n', begin);
            line(wrapped, text.substring(begin, end < 0 ? text.length() : end), width);
            if (end < 0) {
                break;
            }
            wrapped.append('\n');
            begin = end + 1;
        }
        return wrapped.toString();
    }

    private static void line(StringBuilder to, String line, int width) {
        String rest = line;
        String indent = "";
        while (visible(rest) > width) {
            if (indent.isEmpty()) {
                indent = " ".repeat(indent(line, width));
            }
            int cut = cut(rest, width, rest == line ? 0 : indent.length());
            if (cut < 0) {
                break;
            }
            to.append(rest.substring(0, cut).stripTrailing()).append('\n');
            rest = indent + rest.substring(cut).stripLeading();
        }
        to.append(rest);
    }

    /** Where what goes on begins: below the value of a pair, else a little to the right of the line. */
    private static int indent(String line, int width) {
        Matcher pair = PAIR.matcher(line);
        if (pair.find() && pair.end() <= width / 2) {
            return pair.end();
        }
        int blanks = line.length() - line.stripLeading().length();
        return Math.min(blanks + INDENT, width / 2);
    }

    private static int visible(String line) {
        return INK.matcher(line).replaceAll("").length();
    }

    /** Where to break: behind the last blank that fits, else behind the last comma, else at the first of either; -1 where there is none. */
    private static int cut(String line, int width, int from) {
        int blank = -1;
        int comma = -1;
        int column = 0;
        Matcher ink = INK.matcher(line);
        for (int i = 0; i < line.length(); i++) {
            if (ink.find(i) && ink.start() == i) {
                i = ink.end() - 1;
                continue;
            }
            column++;
            boolean fits = column <= width + 1;
            boolean inText = i >= from && !line.substring(0, i).isBlank();
            if (line.charAt(i) == ' ' && inText && (fits || blank < 0 && comma < 0)) {
                blank = i;
            } else if (line.charAt(i) == ',' && inText && (column <= width || blank < 0 && comma < 0)) {
                comma = i + 1;
            }
            if (!fits && (blank >= 0 || comma >= 0)) {
                break;
            }
        }
        // A blank far to the left leaves the line mostly empty; a comma near the end is better then.
        int best = blank > 0 && (blank >= width / 2 || comma < blank) ? blank : Math.max(comma, blank);
        return best <= from || best >= line.length() ? -1 : best;
    }
}
