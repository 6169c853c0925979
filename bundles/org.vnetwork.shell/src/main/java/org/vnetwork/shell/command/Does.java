package org.vnetwork.shell.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method a console command: its name is the verb, its parameters are what the operator types.
 *
 * <p>A parameter carries {@link Argument} or {@link Option}, is a record whose components do, or is a {@code CommandSession}. What
 * the method returns is printed: records as tables or JSON, text as it is, null not at all. Help, completion and docs/console.md come
 * from here too.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Does {
    /** What the command does, in a sentence or three for the operator. */
    String value();

    /** A command line to try. */
    String example();
}
