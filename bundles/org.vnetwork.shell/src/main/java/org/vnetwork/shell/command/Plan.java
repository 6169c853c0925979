package org.vnetwork.shell.command;

import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edit;

/**
 * The option that every configuration command takes.
 *
 * @param only whether the change is printed and not made
 */
public record Plan(@Option(value = "plan", help = "print the difference and change nothing") boolean only) {
    Change make(Configuration configuration, Edit edit) {
        return only ? configuration.plan(edit) : configuration.apply(edit);
    }
}
