package org.vnetwork.control;

import java.util.regex.Pattern;
import org.vnetwork.model.Refusal;

/**
 * Which engine or filter is meant: its name, and the generation that it belongs to.
 *
 * <p>A generation is one version of one feature; several of a feature can be installed side by side. A document that leaves feature or version open is
 * bound to the newest version that is installed at the moment of the command, and stays with it.
 *
 * @param name as commands take it
 * @param feature symbolic name of its bundle; empty while it is open
 * @param version of that bundle; empty while it is open
 */
public record PluginDocument(String name, String feature, String version) {
    /** What a name may be, in words. */
    public static final String FORM = "1 to 32 of a-z 0-9 - . and a letter first";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9.-]{0,31}");
    /** What a document may hold: names of before there was a form, too. */
    private static final Pattern LENIENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9_.-]{0,100}");

    public PluginDocument {
        if (!LENIENT.matcher(name).matches()) {
            throw Refusal.value("name", name, FORM);
        }
        if (!VERSION.matcher(version).matches()) {
            throw Refusal.value("version", version, "a version as in 1.0.0");
        }
    }

    /** Whether engines and filters may have such a name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * A plugin as commands name it: {@code NAME} or {@code NAME@VERSION}.
     *
     * @param kind begins the error: {@code engine}, {@code filter}
     * @throws Refusal when it has another form
     */
    public static PluginDocument parse(String kind, String text) {
        int at = text.indexOf('@');
        String name = at < 0 ? text : text.substring(0, at);
        String version = at < 0 ? "" : text.substring(at + 1);
        if (!LENIENT.matcher(name).matches() || at >= 0 && (version.isEmpty() || !VERSION.matcher(version).matches())) {
            throw Refusal.value(kind, text, "NAME or NAME@VERSION, the name " + FORM);
        }
        return new PluginDocument(name, "", version);
    }

    /** Whether it says which generation; else the newest that is installed is meant. */
    public boolean isBound() {
        return !feature.isEmpty() && !version.isEmpty();
    }

    /** As commands take it. */
    @Override
    public String toString() {
        return version.isEmpty() ? name : name + "@" + version;
    }
}
