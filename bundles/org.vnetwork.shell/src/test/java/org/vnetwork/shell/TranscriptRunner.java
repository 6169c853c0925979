package org.vnetwork.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Replays a transcript: comments, commands behind {@code vnet> }, and the exact output of each.
 *
 * <p>Output begins below its command and ends before the next line that begins with {@code vnet> } or {@code #}; blank lines at its end
 * do not count. With {@code -Dvnet.accept=true} the file is written anew with the output that was got.
 */
final class TranscriptRunner {
    private static final String PROMPT = "vnet> ";
    private final UnaryOperator<String> console;

    /** A runner for commands; the function takes a command line and gives what it prints, errors included. */
    TranscriptRunner(UnaryOperator<String> console) {
        this.console = console;
    }

    /** The commands of a transcript, in order. */
    static List<String> commands(Path transcript) throws IOException {
        return Files.readAllLines(transcript).stream().filter(l -> l.startsWith(PROMPT)).map(l -> l.substring(PROMPT.length())).toList();
    }

    /**
     * Replays a file.
     *
     * @throws AssertionError at the first command with other output: file, line, both texts
     */
    void run(Path transcript) throws IOException {
        boolean accept = Boolean.getBoolean("vnet.accept");
        List<String> lines = Files.readAllLines(transcript);
        List<String> rewritten = new ArrayList<>();
        int at = 0;
        while (at < lines.size()) {
            String line = lines.get(at++);
            rewritten.add(line);
            if (!line.startsWith(PROMPT)) {
                continue;
            }
            int end = at;
            while (end < lines.size() && !lines.get(end).startsWith(PROMPT) && !lines.get(end).startsWith("#")) {
                end++;
            }
            List<String> expected = withoutBlankEnd(lines.subList(at, end));
            List<String> got = withoutBlankEnd(console.apply(line.substring(PROMPT.length())).lines().toList());
            if (!accept && !expected.equals(got)) {
                throw new AssertionError(transcript + ":" + at + ": " + line + "\n" + difference(expected, got) + "(-Dvnet.accept=true writes the new output)");
            }
            rewritten.addAll(got);
            rewritten.addAll(lines.subList(at + expected.size(), end));
            at = end;
        }
        if (accept) {
            Files.write(transcript, rewritten);
        }
    }

    private static List<String> withoutBlankEnd(List<String> lines) {
        int end = lines.size();
        while (end > 0 && lines.get(end - 1).isBlank()) {
            end--;
        }
        return lines.subList(0, end);
    }

    /** Both texts: common lines once, then what was expected with -, what was got with +. */
    private static String difference(List<String> expected, List<String> got) {
        StringBuilder text = new StringBuilder();
        int same = 0;
        while (same < Math.min(expected.size(), got.size()) && expected.get(same).equals(got.get(same))) {
            text.append("  ").append(expected.get(same++)).append('\n');
        }
        expected.subList(same, expected.size()).forEach(l -> text.append("- ").append(l).append('\n'));
        got.subList(same, got.size()).forEach(l -> text.append("+ ").append(l).append('\n'));
        return text.toString();
    }
}
