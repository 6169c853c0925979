package org.vnetwork.tests.transcripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner on transcripts of its own. */
class TranscriptRunnerTest {
    @TempDir
    Path folder;

    @AfterEach
    void clear() {
        System.clearProperty("vnet.accept");
    }

    private Path transcript(String text) throws IOException {
        return Files.writeString(folder.resolve("a.vnet"), text);
    }

    private static String console(String command) {
        return command.equals("quiet") ? "" : command + "\n\nend\n";
    }

    @Test
    void passesWhenTheOutputIsTheSame() throws IOException {
        new TranscriptRunner(TranscriptRunnerTest::console).run(transcript("# Comment.\nvnet> quiet\n\nvnet> a\na\n\nend\n\n# More.\nvnet> b\nb\n\nend\n"));
    }

    @Test
    void aStarStandsForAnyText() throws IOException {
        Path file = transcript("vnet> pause 0.7 ms (x)\npause <*> ms (x)\n\nend\n");
        new TranscriptRunner(TranscriptRunnerTest::console).run(file);
        System.setProperty("vnet.accept", "true");
        new TranscriptRunner(TranscriptRunnerTest::console).run(file);
        assertTrue(Files.readString(file).contains("pause <*> ms (x)\n"));
    }

    @Test
    void readsTheFencedBlocksOfAMarkdownFile() throws IOException {
        String text = "Text.\n```\nvnet> a\na\n\nend\n```\nMore text.\n```\nvnet> quiet\nvnet> b\n%s```\n";
        new TranscriptRunner(TranscriptRunnerTest::console).run(transcript(text.formatted("b\n\nend\n")));
        assertThrows(AssertionError.class, () -> new TranscriptRunner(TranscriptRunnerTest::console).run(transcript(text.formatted("b\n"))));
    }

    @Test
    void showsWhatDiffersAndWhere() throws IOException {
        Path file = transcript("# Comment.\nvnet> a\na\n\nfin\n");
        AssertionError error = assertThrows(AssertionError.class, () -> new TranscriptRunner(TranscriptRunnerTest::console).run(file));
        assertEquals(file + ":2: vnet> a\n  a\n  \n- fin\n+ end\n(-Dvnet.accept=true writes the new output)", error.getMessage());
    }

    @Test
    void writesTheOutputWhenAskedAndKeepsTheRest() throws IOException {
        System.setProperty("vnet.accept", "true");
        Path file = transcript("# Comment.\nvnet> a\nold\n\n# More.\nvnet> quiet\nold\nvnet> b\n");
        new TranscriptRunner(TranscriptRunnerTest::console).run(file);
        assertEquals("# Comment.\nvnet> a\na\n\nend\n\n# More.\nvnet> quiet\nvnet> b\nb\n\nend\n", Files.readString(file));
    }
}
