package org.vnetwork.tests.transcripts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Replays a transcript: comments, commands behind {@code vnet> }, and the exact output of each.
 *
 * <p>Output begins below its command and ends before the next line that begins with {@code vnet> }, {@code #} or, in a Markdown file, the end of the
 * fenced block; blank lines at its end do not count. {@code <*>} in it stands for any text: what a wall clock says, a version. With {@code -Dvnet.accept=true} the file is
 * written anew with the output that was got; lines with a fitting {@code <*>} stay.
 */
final class TranscriptRunner {
    private static final String PROMPT = "vnet> ";
    private static final List<String> ENDS = List.of(PROMPT, "#", "```");
    private static final String ANY = "<*>";
    private final UnaryOperator<String> console;

    /** A runner for commands; the function takes a command line and gives what it prints, errors included. */
    TranscriptRunner(UnaryOperator<String> console) {
        this.console = console;
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
            while (end < lines.size() && ENDS.stream().noneMatch(lines.get(end)::startsWith)) {
                end++;
            }
            List<String> expected = withoutBlankEnd(lines.subList(at, end));
            List<String> got = withoutBlankEnd(console.apply(line.substring(PROMPT.length())).lines().toList());
            if (!accept && !fits(expected, got)) {
                throw new AssertionError(transcript + ":" + at + ": " + line + "\n" + difference(expected, got) + "(-Dvnet.accept=true writes the new output)");
            }
            for (int i = 0; i < got.size(); i++) {
                rewritten.add(i < expected.size() && fits(expected.get(i), got.get(i)) ? expected.get(i) : got.get(i));
            }
            rewritten.addAll(lines.subList(at + expected.size(), end));
            at = end;
        }
        if (accept) {
            Files.write(transcript, rewritten);
        }
    }

    private static boolean fits(List<String> expected, List<String> got) {
        return expected.size() == got.size() && IntStream.range(0, got.size()).allMatch(i -> fits(expected.get(i), got.get(i)));
    }

    private static boolean fits(String expected, String got) {
        String pattern = Arrays.stream(expected.split(Pattern.quote(ANY), -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return got.matches(pattern);
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
        while (same < Math.min(expected.size(), got.size()) && fits(expected.get(same), got.get(same))) {
            text.append("  ").append(expected.get(same++)).append('\n');
        }
        expected.subList(same, expected.size()).forEach(l -> text.append("- ").append(l).append('\n'));
        got.subList(same, got.size()).forEach(l -> text.append("+ ").append(l).append('\n'));
        return text.toString();
    }
}
