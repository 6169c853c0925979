package org.vnetwork.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What Gogo says when no method of another bundle's command takes the words, told as every other error. */
final class WrongWords {
    private static final Pattern SAID = Pattern.compile("^Cannot coerce (\\w+)\\(.*?\\) to any of \\[(.*)\\]$");
    private static final Pattern METHOD = Pattern.compile("\\(([^)]*)\\)");
    /** What a command gets without a word that says so: the session, and flags. */
    private static final Set<String> WORDLESS = Set.of("CommandSession", "boolean");

    private WrongWords() {
    }

    /** The error for a line, when it is one of this kind. */
    static Optional<String> of(String line, Exception failure) {
        Matcher said = SAID.matcher(String.valueOf(failure.getMessage()));
        if (!(failure instanceof IllegalArgumentException) || !said.matches()) {
            return Optional.empty();
        }
        String command = line.strip().split("\\s+", 2)[0];
        String forms = METHOD.matcher(said.group(2)).results().map(method -> form(command, method)).distinct().sorted().collect(Collectors.joining(", or "));
        return Optional.of(command + ": " + line.strip().substring(command.length()).strip() + " (expected: " + forms + "); felix:help " + command + " says more");
    }

    private static String form(String command, MatchResult method) {
        List<String> words = new ArrayList<>(List.of(command));
        Arrays.stream(method.group(1).split(", *")).filter(type -> !type.isEmpty() && !WORDLESS.contains(type)).map(WrongWords::placeholder).forEach(words::add);
        return String.join(" ", words);
    }

    private static String placeholder(String type) {
        return switch (type.replace("[]", "")) {
            case "Bundle" -> "BUNDLE";
            case "int", "long" -> "N";
            default -> "TEXT";
        } + (type.endsWith("[]") ? ".." : "");
    }
}
