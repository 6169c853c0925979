package org.vnetwork.shell;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vnetwork.model.Refusal;

/**
 * The words behind a command, told apart: which argument, which option. Options may stand anywhere, as {@code --name value} or
 * {@code --name=value}; a value of two words has a blank between them; after {@code --} every word is an argument.
 */
final class Words {
    private final ConsoleCommand command;
    private final Map<Parameter, List<String>> values = new HashMap<>();

    /**
     * Tells words apart.
     *
     * @throws Refusal with the shortest form, for an unknown, repeated, missing or surplus word
     */
    Words(ConsoleCommand command, List<String> words) {
        this.command = command;
        List<Parameter> open = new ArrayList<>(command.arguments());
        boolean optionsEnd = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!optionsEnd && word.equals("--")) {
                optionsEnd = true;
            } else if (!optionsEnd && isOption(word)) {
                i = option(words, i);
            } else if (open.isEmpty()) {
                throw refuse("unexpected \"" + word + "\"");
            } else {
                values.computeIfAbsent(open.getFirst(), p -> new ArrayList<>()).add(word);
                if (!open.getFirst().many()) {
                    open.removeFirst();
                }
            }
        }
        if (!has(ConsoleCommand.HELP)) {
            command.parameters().stream().filter(p -> !p.optional() && !values.containsKey(p)).findFirst().ifPresent(missing -> {
                throw refuse(missing.form() + " is missing");
            });
        }
    }

    /** The word given for a parameter, or null. */
    String value(Parameter parameter) {
        return has(parameter) ? values.get(parameter).getFirst() : null;
    }

    /** All words given for a parameter that takes many. */
    List<String> all(Parameter parameter) {
        return List.copyOf(values.get(parameter));
    }

    boolean has(Parameter flag) {
        return values.containsKey(flag);
    }

    /** Whether a word is written like an option; a negative number is not. */
    static boolean isOption(String word) {
        return word.startsWith("-") && word.length() > 1 && !Character.isDigit(word.charAt(1));
    }

    private int option(List<String> words, int at) {
        String word = words.get(at);
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Parameter option = command.options().stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow(() -> unknown(name));
        if (has(option)) {
            throw refuse(name + " is given twice");
        }
        if (option.isFlag() && equals >= 0) {
            throw refuse(name + " takes no value");
        }
        if (option.isFlag() || equals >= 0) {
            values.put(option, List.of(word.substring(equals + 1)));
            return at;
        }
        int last = at + option.kind().words();
        if (last >= words.size() || words.subList(at + 1, last + 1).stream().anyMatch(Words::isOption)) {
            throw refuse(option.form() + ": its value is missing");
        }
        values.put(option, List.of(String.join(" ", words.subList(at + 1, last + 1))));
        return last;
    }

    private Refusal unknown(String name) {
        String nearest = command.options().stream().map(Parameter::name).min(Comparator.comparingInt(o -> CommandSet.distance(o, name))).orElseThrow();
        boolean near = CommandSet.distance(nearest, name) <= Math.max(2, name.length() / 3);
        return refuse("unknown option " + name + (near ? "; nearest is " + nearest : ""));
    }

    private Refusal refuse(String what) {
        return new Refusal(command.name() + ": " + what + " (expected: " + command.shortest() + "); " + command.name() + " --help says more");
    }
}
