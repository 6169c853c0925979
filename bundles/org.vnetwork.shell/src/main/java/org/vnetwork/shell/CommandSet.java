package org.vnetwork.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.vnetwork.model.Refusal;
import org.vnetwork.shell.command.Does;
import org.vnetwork.shell.command.Scope;

/** All commands of the console, in the order of help: as their scopes are given, verbs in alphabetical order. */
final class CommandSet {
    private final List<ConsoleCommand> commands = new ArrayList<>();

    /** The commands of objects whose classes carry {@link Scope}, and help on them. */
    CommandSet(List<?> scopes) {
        scopes.forEach(this::add);
        add(new GeneralCommands(this));
    }

    private void add(Object scope) {
        Arrays.stream(scope.getClass().getMethods()).filter(m -> m.isAnnotationPresent(Does.class))
                .sorted(Comparator.comparing(ConsoleCommand::named)).forEach(m -> commands.add(new ConsoleCommand(scope, m)));
    }

    List<ConsoleCommand> all() {
        return commands;
    }

    /** Scopes that are typed, each once. */
    List<String> scopes() {
        return commands.stream().map(ConsoleCommand::scope).filter(s -> !s.equals(Scope.NONE)).distinct().toList();
    }

    List<ConsoleCommand> in(String scope) {
        return commands.stream().filter(c -> c.scope().equals(scope)).toList();
    }

    Optional<ConsoleCommand> find(String name) {
        String typed = name.toLowerCase(Locale.ROOT);
        return commands.stream().filter(c -> c.name().equals(typed)).findFirst();
    }

    /** What to say to a name that is no command: what comes nearest, and where the list is. */
    Refusal unknown(String name) {
        List<String> sameVerb = commands.stream().filter(c -> c.function().equals(name)).map(ConsoleCommand::name).toList();
        if (!sameVerb.isEmpty()) {
            return Refusal.value("command", name, "with its scope, one of " + String.join(", ", sameVerb));
        }
        List<ConsoleCommand> inScope = in(name.endsWith(":") ? name.substring(0, name.length() - 1) : name);
        if (!inScope.isEmpty()) {
            return Refusal.value("command", name, "one of " + String.join(", ", inScope.stream().map(ConsoleCommand::name).toList()));
        }
        String nearest = commands.stream().map(ConsoleCommand::name).min(Comparator.comparingInt(c -> distance(c, name))).orElse("help");
        boolean near = distance(nearest, name) <= Math.max(2, name.length() / 3);
        return new Refusal("command: " + name + " is unknown" + (near ? "; nearest is " + nearest : "") + "; help lists the commands");
    }

    /** Least number of characters to insert, remove or replace (Levenshtein). */
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replace = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[to.length()];
    }
}
