package org.vnetwork.datapath.ebpf;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which device a pin's number stands for: a number alone says nothing in another namespace, nor when the device is gone and another one has it.
 *
 * <p>A bpf file system holds pins, folders and symbolic links, so the note is what a link points to: {@code INODE:COOKIE:NAME}, the name as in a URL.
 */
record DeviceNote(NetworkSpace space, String name) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}):([0-9]{1,18}):(.*)");

    void write(Path file) throws IOException {
        // The name may have characters that the locale's paths do not know.
        Path text = Path.of(space.inode() + ":" + space.cookie() + ":" + URLEncoder.encode(name, StandardCharsets.UTF_8));
        if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).equals(text)) {
            return;
        }
        Files.deleteIfExists(file);
        Files.createSymbolicLink(file, text);
    }

    /** What a file says; null when there is none, as earlier versions left none. */
    static DeviceNote read(Path file) {
        try {
            Matcher parts = FORM.matcher(Files.readSymbolicLink(file).toString());
            return parts.matches() ? new DeviceNote(new NetworkSpace(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))), URLDecoder.decode(parts.group(3), StandardCharsets.UTF_8))
                    : null;
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }
}
