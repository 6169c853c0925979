package org.vnetwork.core.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.vnetwork.control.HostDocument;
import org.vnetwork.model.Refusal;

/**
 * The configuration in the data folder: {@code configuration.json}, and the one before it.
 *
 * <p>A write is whole or not at all: a new file, forced to disk, then renamed over the old one.
 */
final class DocumentFile {
    private static final String ASIDE = ".corrupt-";

    private final Path file;
    private final Path previous;
    private final Path fresh;
    /** What was wrong with the file, in brackets. */
    private String why = "";
    private volatile String problem;

    DocumentFile(Path folder) {
        file = folder.resolve("configuration.json");
        previous = folder.resolve("configuration.previous.json");
        fresh = folder.resolve("configuration.json.new");
    }

    /**
     * The configuration as it was written last; a corrupt file is kept aside and the one before it used.
     *
     * @param report takes a line about anything that is not as it should be
     */
    HostDocument load(Consumer<String> report) {
        HostDocument read = first(report);
        problem = Files.exists(file) || Files.notExists(previous) && newestAside() == null ? null : problem(read);
        return read;
    }

    private HostDocument first(Consumer<String> report) {
        for (Path candidate : new Path[] {file, previous}) {
            if (Files.exists(candidate)) {
                try {
                    return DocumentText.read(Files.readString(candidate));
                } catch (IOException | Refusal e) {
                    String aside = keepAside(candidate);
                    why = candidate == file ? " (" + e.getMessage() + ")" : why;
                    report.accept("configuration: " + candidate + " cannot be used (" + e.getMessage() + "); kept as " + aside
                            + ", going on with " + (candidate == file && Files.exists(previous) ? previous.getFileName() : "an empty configuration"));
                }
            }
        }
        return HostDocument.EMPTY;
    }

    /** Why what is in force is not what was written last, and what differs, in a line; null when it is. Any thread. */
    String problem() {
        return problem;
    }

    private String problem(HostDocument used) {
        String instead = (Files.exists(previous) ? previous.getFileName() : "an empty configuration") + " is in force";
        Path aside = newestAside();
        if (aside == null) {
            return file.getFileName() + " is missing; " + instead;
        }
        try {
            return file.getFileName() + " could not be used" + why + ", it is kept as " + aside.getFileName() + "; " + instead + "; " + DocumentNames.difference(Files.readString(aside), used);
        } catch (IOException e) {
            return file.getFileName() + " could not be used" + why + ", it is kept as " + aside.getFileName() + " and cannot be read (" + e.getMessage() + "); " + instead;
        }
    }

    /** The file that was set aside last since the one before it was written; null when there is none. */
    private Path newestAside() {
        try (Stream<Path> files = Files.list(file.getParent())) {
            FileTime since = Files.exists(previous) ? Files.getLastModifiedTime(previous) : FileTime.fromMillis(0);
            return files.filter(f -> f.getFileName().toString().startsWith(file.getFileName() + ASIDE) && modified(f).compareTo(since) >= 0)
                    .max(Comparator.comparing(DocumentFile::modified).thenComparing(f -> f.getFileName().toString())).orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static String keepAside(Path candidate) {
        String time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC).format(Instant.now());
        Path aside = candidate.resolveSibling(candidate.getFileName() + ASIDE + time);
        for (int i = 2; Files.exists(aside); i++) {
            aside = candidate.resolveSibling(candidate.getFileName() + ASIDE + time + "-" + i);
        }
        try {
            Files.move(candidate, aside);
            return aside.toString();
        } catch (IOException e) {
            return candidate + ", it could not be moved (" + e + ")";
        }
    }

    /** Writes a configuration beside the one in force, so that {@link #commit} needs no more room. */
    void prepare(HostDocument document) {
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(DocumentText.write(document).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
        } catch (IOException e) {
            discard();
            throw unwritable(e);
        } catch (RuntimeException | Error e) {
            discard();
            throw e;
        }
    }

    /** Forgets what was prepared. */
    void discard() {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException e) {
            // The next configuration is written over it.
        }
    }

    /** Has what was prepared take the place of the configuration, which becomes the one before it; when that fails the files are as before. */
    void commit() {
        boolean kept = false;
        boolean in = false;
        try {
            // Between the two renames there is only the configuration before this one, and reading knows that.
            if (Files.exists(file)) {
                Files.move(file, previous, StandardCopyOption.ATOMIC_MOVE);
                kept = true;
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            in = true;
            try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
            problem = null;
        } catch (IOException e) {
            putBack(kept, in);
            throw unwritable(e);
        }
    }

    private void putBack(boolean kept, boolean in) {
        try {
            if (kept) {
                Files.move(previous, file, StandardCopyOption.ATOMIC_MOVE);
            } else if (in) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // The one that could be read last is there under one of the two names.
        }
    }

    private Refusal unwritable(IOException e) {
        return new Refusal("data folder: " + file.getParent() + " cannot be written (" + e.getClass().getSimpleName() + ": " + e.getMessage()
                + "); nothing was changed, make room or allow writing there and try again", e);
    }
}
