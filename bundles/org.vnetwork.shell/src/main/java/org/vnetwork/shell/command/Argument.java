package org.vnetwork.shell.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A word that stands for itself; a {@code String}, or an {@code Optional<String>} that may be left out. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface Argument {
    /** What it names; gives its name in help and its completions. */
    Kind value();

    /** What it is for, in a few words. */
    String help();
}
