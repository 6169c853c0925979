package org.vnetwork.shell.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A word after {@code --NAME}, an {@code Optional<String>}; or a {@code boolean} that is true when {@code --NAME} stands anywhere. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface Option {
    /** The name without its dashes. */
    String value();

    /** What the word after it names. */
    Kind kind() default Kind.FLAG;

    /** Whether the command is refused without it. */
    boolean required() default false;

    /** What it is for, in a few words. */
    String help();
}
