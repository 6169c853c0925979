package org.vnetwork.tests.sockets;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vnetwork.tests.Product;

/** The examples of docs/attach.md: its fenced blocks, in their order; each says whether it is sh or xml, so that none is left out. */
final class AttachPage {
    private static final Pattern MACHINE = Pattern.compile("(?i).*\\bon (192\\.0\\.2\\.\\d+)\\b.*:\\s*");

    private AttachPage() {
    }

    /**
     * One block.
     *
     * @param line of the file that it begins at
     * @param machine that the paragraph before it says it is done on ("On 192.0.2.7:"); empty for the machine of the page
     */
    record Example(String section, int line, String machine, String language, String text) {
        String title() {
            return section + ", line " + line + ": " + text.lines().findFirst().orElse("");
        }

        boolean startsQemu() {
            return text.contains(" GUEST ");
        }
    }

    static List<Example> examples() throws IOException {
        List<String> lines = Files.readAllLines(Product.ROOT.resolve("docs/attach.md"));
        List<Example> found = new ArrayList<>();
        String section = "";
        StringBuilder paragraph = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("```")) {
                int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf("```");
                String language = line.substring(3);
                if (end == i || !language.equals("sh") && !language.equals("xml")) {
                    throw new IllegalStateException("docs/attach.md, line " + (i + 1) + ": " + line + " (expected: ```sh or ```xml, and its end)");
                }
                Matcher machine = MACHINE.matcher(paragraph);
                found.add(new Example(section, i + 1, machine.matches() ? machine.group(1) : "", language, String.join("\n", lines.subList(i + 1, end)) + "\n"));
                i = end;
                paragraph.setLength(0);
            } else if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (!line.isEmpty()) {
                paragraph.append(line).append(' ');
            } else if (i + 1 < lines.size() && !lines.get(i + 1).startsWith("```")) {
                paragraph.setLength(0);
            }
        }
        return found;
    }
}
