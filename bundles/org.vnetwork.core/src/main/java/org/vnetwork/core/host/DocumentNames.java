package org.vnetwork.core.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vnetwork.control.HostDocument;

/** The switches and ports that a document names, as far as it can be read; for a document that cannot be used. */
final class DocumentNames {
    private static final Pattern SWITCH = Pattern.compile("/switches/([0-9]+)/name");
    private static final Pattern PORT = Pattern.compile("/switches/([0-9]+)/ports/[0-9]+/name");
    private static final int TOLD = 8;

    private final Set<String> names = new LinkedHashSet<>();
    /** The line behind which nothing could be read; 0 when all was. */
    private int last;

    private DocumentNames() {
    }

    private static DocumentNames of(String text) {
        DocumentNames read = new DocumentNames();
        Map<String, String> switches = new LinkedHashMap<>();
        List<String[]> ports = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            try {
                for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                    if (token == JsonToken.VALUE_STRING) {
                        String place = parser.getParsingContext().pathAsPointer().toString();
                        Matcher name = SWITCH.matcher(place);
                        Matcher port = PORT.matcher(place);
                        if (name.matches()) {
                            switches.put(name.group(1), parser.getText());
                        } else if (port.matches()) {
                            ports.add(new String[] {port.group(1), parser.getText()});
                        }
                    }
                }
            } catch (IOException e) {
                read.last = parser.currentLocation().getLineNr();
            }
        } catch (IOException e) {
            read.last = 1;
        }
        switches.values().forEach(name -> read.names.add("switch " + name));
        ports.forEach(port -> read.names.add("port " + port[1] + " of " + switches.getOrDefault(port[0], "?")));
        return read;
    }

    private static Set<String> of(HostDocument document) {
        Set<String> names = new LinkedHashSet<>();
        document.switches().forEach(s -> names.add("switch " + s.name()));
        document.switches().forEach(s -> s.ports().forEach(p -> names.add("port " + p.name() + " of " + s.name())));
        return names;
    }

    /** What is only in the text, and what is only in the document, in a line. */
    static String difference(String text, HostDocument document) {
        DocumentNames read = of(text);
        Set<String> used = of(document);
        List<String> lost = read.names.stream().filter(name -> !used.contains(name)).toList();
        List<String> extra = used.stream().filter(name -> !read.names.contains(name)).toList();
        List<String> parts = new ArrayList<>();
        if (!lost.isEmpty()) {
            parts.add("not in force: " + listed(lost));
        }
        if (!extra.isEmpty() && read.last == 0) {
            parts.add("in force, though not in the file: " + listed(extra));
        }
        if (read.last != 0) {
            parts.add("what stands in it behind line " + read.last + " cannot be read");
        } else if (parts.isEmpty()) {
            parts.add("it names the same switches and ports");
        }
        return String.join("; ", parts);
    }

    private static String listed(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(TOLD, names.size()))) + (names.size() > TOLD ? " and " + (names.size() - TOLD) + " more" : "");
    }
}
