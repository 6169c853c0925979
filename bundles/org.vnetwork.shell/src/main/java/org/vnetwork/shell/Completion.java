package org.vnetwork.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vnetwork.shell.command.Kind;
import org.vnetwork.shell.command.Scope;

/** What TAB offers: scopes, then commands, then options and names by position. */
final class Completion {
    private final CommandSet commands;
    private final Names names;

    Completion(CommandSet commands, Names names) {
        this.commands = commands;
        this.names = names;
    }

    /**
     * A word to offer.
     *
     * @param text the whole word
     * @param help what to show beside it, or empty
     * @param complete whether a space follows
     */
    record Offer(String text, String help, boolean complete) {
    }

    /**
     * Offers for the last word.
     *
     * @param words of the line up to the cursor; the last is the one to complete, perhaps empty
     */
    List<Offer> offers(List<String> words) {
        List<String> own = words.subList(start(words), words.size());
        String last = own.getLast();
        if (own.size() == 1) {
            return commandNames(last);
        }
        return commands.find(own.getFirst()).map(c -> behind(c, own.subList(1, own.size() - 1), last)).orElse(List.of());
    }

    /** Where the command begins that the last word belongs to. */
    private static int start(List<String> words) {
        int start = 0;
        for (int i = 0; i < words.size() - 1; i++) {
            if (words.get(i).equals("|") || words.get(i).endsWith(";")) {
                start = i + 1;
            }
        }
        return start;
    }

    private List<Offer> commandNames(String typed) {
        int colon = typed.indexOf(':');
        List<Offer> offers = new ArrayList<>();
        if (colon >= 0) {
            commands.in(typed.substring(0, colon)).forEach(c -> offers.add(new Offer(c.name(), c.summary().does(), true)));
            return offers;
        }
        commands.scopes().forEach(scope -> offers.add(new Offer(scope + ":", "", false)));
        commands.in(Scope.NONE).forEach(c -> offers.add(new Offer(c.name(), c.summary().does(), true)));
        return offers;
    }

    private List<Offer> behind(ConsoleCommand command, List<String> before, String last) {
        List<Parameter> open = new ArrayList<>(command.arguments());
        List<Parameter> options = new ArrayList<>(command.options());
        Optional<Parameter> pending = Optional.empty();
        int missing = 0;
        String switchName = "";
        String table = "";
        for (String word : before) {
            if (missing > 0) {
                missing--;
            } else if (Words.isOption(word)) {
                Optional<Parameter> option = options.stream().filter(o -> o.name().equals(word)).findFirst();
                option.ifPresent(options::remove);
                pending = option.filter(o -> !o.isFlag());
                missing = pending.map(o -> o.kind().words()).orElse(0);
            } else if (!open.isEmpty()) {
                Kind kind = open.removeFirst().kind();
                switchName = kind == Kind.SWITCH ? word : switchName;
                table = kind == Kind.TABLE ? word : table;
            }
        }
        if (missing > 0) {
            return words(pending.get(), switchName, last);
        }
        if (!open.isEmpty() && (open.getFirst().kind() == Kind.KEY || open.getFirst().kind() == Kind.ROW)) {
            return names.components(switchName, table, open.getFirst().kind() == Kind.KEY, last).stream().map(text -> new Offer(text, "", false)).toList();
        }
        List<Offer> offers = new ArrayList<>(open.isEmpty() ? List.of() : words(open.getFirst(), switchName, last));
        // Not where a word of the user's own is expected: TAB would put the -- that all options have in common there.
        if (last.startsWith("-") || open.isEmpty()) {
            options.forEach(o -> offers.add(new Offer(o.name(), o.help(), true)));
        }
        return offers;
    }

    private List<Offer> words(Parameter parameter, String switchName, String typed) {
        if (parameter.kind() == Kind.COMMAND) {
            return commands.all().stream().map(c -> new Offer(c.name(), c.summary().does(), true)).toList();
        }
        boolean complete = parameter.kind() != Kind.FRAME;
        return names.of(parameter.kind(), switchName, typed).stream().map(name -> new Offer(name, "", complete)).toList();
    }
}
