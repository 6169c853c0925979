package org.vnetwork.shell.text;

import java.util.List;

/**
 * The manual of one command.
 *
 * @param command as it is typed
 * @param usage the command with all its words
 * @param does what it does
 * @param words each argument and option
 * @param example a line to try
 */
public record CommandHelp(String command, String usage, String does, List<Word> words, String example) {
    /**
     * An argument or option.
     *
     * @param form as in the usage
     * @param help what it is for
     */
    public record Word(String form, String help) {
    }
}
