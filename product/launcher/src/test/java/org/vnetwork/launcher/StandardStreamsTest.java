package org.vnetwork.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandardStreamsTest {
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final PrintStream stream = StandardStreams.stream((who, line) -> told.add(who + ": " + line));

    @Test
    void tellsWholeLines() {
        stream.print("one ");
        stream.print("line\r\n\n");
        stream.printf("zwölf %d%n", 12);
        stream.print("not at its end");
        assertEquals(List.of("process: one line", "process: zwölf 12"), told);
    }

    @Test
    void linesOfThreadsDoNotMix() throws InterruptedException {
        stream.print("mine ");
        Thread other = Thread.ofPlatform().start(() -> stream.println("theirs"));
        other.join();
        stream.println("too");
        assertEquals(List.of("process: theirs", "process: mine too"), told);
    }

    @Test
    void aLogThatPrintsIsNotToldAgain() {
        PrintStream[] circle = new PrintStream[1];
        circle[0] = StandardStreams.stream((who, line) -> {
            told.add(line);
            circle[0].println("again: " + line);
        });
        circle[0].println("once");
        circle[0].println("twice");
        assertEquals(List.of("once", "twice"), told);
    }
}
