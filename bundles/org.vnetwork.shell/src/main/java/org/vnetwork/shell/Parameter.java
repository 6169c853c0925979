package org.vnetwork.shell;

import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Optional;
import org.vnetwork.shell.command.Argument;
import org.vnetwork.shell.command.Kind;
import org.vnetwork.shell.command.Option;

/**
 * A word that a command takes: an argument, or an option with its dashes.
 *
 * @param name {@code --engine}; empty for an argument
 * @param kind what its word names
 * @param help what it is for
 * @param optional whether it may be left out
 * @param many whether an argument takes all words that are left, one or more
 */
record Parameter(String name, Kind kind, String help, boolean optional, boolean many) {
    /** A word that is given once. */
    Parameter(String name, Kind kind, String help, boolean optional) {
        this(name, kind, help, optional, false);
    }

    /** The declaration on a method's parameter or a record's component, if there is one. */
    static Optional<Parameter> of(AnnotatedElement element, Class<?> type) {
        Argument argument = element.getAnnotation(Argument.class);
        if (argument != null) {
            return Optional.of(new Parameter("", argument.value(), argument.help(), type == Optional.class, type == List.class));
        }
        Option option = element.getAnnotation(Option.class);
        return Optional.ofNullable(option).map(o -> new Parameter("--" + o.value(), o.kind(), o.help(), !o.required()));
    }

    boolean isOption() {
        return !name.isEmpty();
    }

    boolean isFlag() {
        return kind == Kind.FLAG;
    }

    /** As help writes it: {@code --engine ENGINE}, {@code SWITCH}. */
    String form() {
        return isFlag() ? name : isOption() ? name + " " + kind.placeholder() : kind.placeholder();
    }

    /** As the usage line writes it, in brackets when it may be left out. */
    String usage() {
        return (optional ? "[" + form() + "]" : form()) + (many ? ".." : "");
    }
}
