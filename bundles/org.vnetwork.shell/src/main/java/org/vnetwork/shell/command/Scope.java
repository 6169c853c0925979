package org.vnetwork.shell.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the scope that the commands of a class are typed in: a noun, {@code port}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Scope {
    /** The noun; {@link #NONE} for commands that are typed without one. */
    String value();

    /** Gogo's scope of commands that are typed by their verb alone. */
    String NONE = "vnet";
}
