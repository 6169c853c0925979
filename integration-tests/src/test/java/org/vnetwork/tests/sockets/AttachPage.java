package org.vnetwork.tests.sockets;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.vnetwork.tests.Product;

/** The examples of docs/attach.md: its fenced blocks of sh and xml, in their order. Blocks without a language are not run. */
final class AttachPage {
    private AttachPage() {
    }

    /**
     * One block.
     *
     * @param line of the file that it begins at
     */
    record Example(String section, int line, String language, String text) {
        String title() {
            return section + ", line " + line + ": " + text.lines().findFirst().orElse("");
        }

        boolean startsQemu() {
            return text.contains(" GUEST ");
        }
    }

    static List<Example> examples() throws IOException {
        List<Example> found = new ArrayList<>();
        String section = "";
        String language = null;
        StringBuilder block = new StringBuilder();
        int number = 0;
        int begin = 0;
        for (String line : Files.readAllLines(Product.ROOT.resolve("docs/attach.md"))) {
            number++;
            if (language == null && line.startsWith("## ")) {
                section = line.substring(3);
            } else if (language == null && line.startsWith("```")) {
                language = line.substring(3);
                begin = number;
                block.setLength(0);
            } else if (line.equals("```")) {
                if (language.equals("sh") || language.equals("xml")) {
                    found.add(new Example(section, begin, language, block.toString()));
                }
                language = null;
            } else if (language != null) {
                block.append(line).append('\n');
            }
        }
        return found;
    }
}
