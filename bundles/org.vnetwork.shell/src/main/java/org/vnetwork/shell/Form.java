package org.vnetwork.shell;

import java.util.Optional;

/**
 * How a client of the socket wants its answer.
 *
 * @param json as JSON instead of text
 * @param width columns of the client's terminal; 0 for no terminal, whose lines are as long as they are
 */
record Form(boolean json, int width) {
    /** Reads {@code json}, {@code text} or {@code text 80}. */
    static Optional<Form> of(String text) {
        if (text.equals("json")) {
            return Optional.of(new Form(true, 0));
        }
        String form = text.strip();
        if (form.equals("text")) {
            return Optional.of(new Form(false, 0));
        }
        return form.matches("text [0-9]{1,5}") ? Optional.of(new Form(false, Integer.parseInt(form.substring(5)))) : Optional.empty();
    }
}
