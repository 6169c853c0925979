package org.vnetwork.model;

import java.util.regex.Pattern;

/** The form of the names that people give to switches, ports and hosts. */
public final class Name {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,30}");

    private Name() {
    }

    /**
     * The name itself, when its form is right.
     *
     * @param what what is named, as the error should call it: {@code switch}, {@code port}
     * @throws Refusal when it is empty, longer than 31 characters or has a character that a file name or a command line could trip over
     */
    public static String check(String what, String name) {
        if (name == null || !FORM.matcher(name).matches()) {
            throw Refusal.value(what + " name", name == null ? "" : name, "1 to 31 of A-Z a-z 0-9 _ . -, a letter or digit first");
        }
        return name;
    }
}
