package org.vnetwork.datapath.ebpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vnetwork.datapath.Attachment;
import org.vnetwork.datapath.DatapathException;
import org.vnetwork.datapath.Drift;

/** Programs and pins that somebody else takes away are there again within a second or two, and it is told. */
class RepairsTest extends Lives {
    private final List<Drift> told = new ArrayList<>();

    private void untilTold(int port, String text) {
        until("told: " + told, () -> {
            told.addAll(datapath.drift());
            return told.stream().anyMatch(drift -> drift.port() == port && drift.text().contains(text));
        });
    }

    private List<Integer> programs(String device, int type) {
        return Bpf.programs(ifindex(device), type);
    }

    @Test
    void aLinkThatSomebodyDetachesIsMadeAgain() throws Exception {
        List<Integer> before = programs(TAP, Bpf.TCX_INGRESS);
        int link = Bpf.open(FOLDER.resolve("link-" + ifindex(TAP)).toString());
        Bpf.detach(link);
        Libc.close(link);
        assertEquals(List.of(), programs(TAP, Bpf.TCX_INGRESS));
        until("the program is there", () -> programs(TAP, Bpf.TCX_INGRESS).equals(before));
        untilTold(PORT, TAP + ": somebody took the switch's program off");
        install(dropping(1, 1000));
        die();
        reopen();
        datapath.adopted();
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
        assertEquals(1, programs(TAP, Bpf.TCX_INGRESS).size(), "the new link was pinned");
    }

    @Test
    void aProgramThatSomebodyPutsInItsPlaceGoesAgain() {
        List<Integer> before = programs(TAP, Bpf.TCX_INGRESS);
        int link = Bpf.open(FOLDER.resolve("link-" + ifindex(TAP)).toString());
        int other = Bpf.carries(1);
        assertEquals(0, Bpf.updateLink(link, other));
        Libc.close(link);
        Libc.close(other);
        untilTold(PORT, TAP + ": somebody took the switch's program off");
        assertEquals(before, programs(TAP, Bpf.TCX_INGRESS));
    }

    @Test
    void aProgramOfSomebodyElseBesideItIsTold() {
        int other = Bpf.carries(1);
        int link = Bpf.attach(other, ifindex(TAP), Bpf.TCX_INGRESS);
        untilTold(PORT, "tcx ingress has 1 other program; frames meet the switch first");
        assertTrue(datapath.state(PORT).detail().contains("1 other program"), datapath.state(PORT).detail());
        Bpf.detach(link);
        Libc.close(link);
        Libc.close(other);
        untilTold(PORT, "no more: tcx ingress has 1 other program");
    }

    @Test
    void theProgramThatMarksWhatComesUpIsMadeAgain() {
        String up = EbpfDriver.tapName(HOST, "sw");
        List<Integer> before = programs(up, Bpf.TCX_EGRESS);
        int link = Bpf.open(FOLDER.resolve("link-" + ifindex(up)).toString());
        Bpf.detach(link);
        Libc.close(link);
        untilTold(0, up);
        assertEquals(before, programs(up, Bpf.TCX_EGRESS));
    }

    @Test
    void pinsThatSomebodyRemovesAreThereAgain() throws Exception {
        List<Path> before = pins();
        Files.delete(FOLDER.resolve("link-" + ifindex(TAP)));
        untilTold(0, "somebody removed link-" + ifindex(TAP));
        for (Path pin : before) {
            Files.delete(pin);
        }
        Files.delete(FOLDER);
        untilTold(0, "somebody removed " + before.size() + " pins");
        assertEquals(before, pins());
        install(dropping(1, 1000));
        die();
        assertTrue(Files.exists(FOLDER));
        reopen();
        assertEquals(1, datapath.adopted().size(), "the pins are what they were");
        attach(PORT, TAP);
        attach(OTHER, OTHER_TAP);
    }

    @Test
    void aPortWhoseDeviceWasPutIntoABridgeGoesOnAfterARestart() throws Exception {
        String bridge = HOST + "br";
        ip("link", "add", bridge, "type", "bridge");
        try {
            ip("link", "set", TAP, "master", bridge);
            untilTold(PORT, "it is in bridge " + bridge);
            install(dropping(1, 1000));
            die();
            reopen();
            datapath.adopted();
            attach(PORT, TAP);
            attach(OTHER, OTHER_TAP);
            run(FRAME, TAP);
            assertEquals(1, datapath.drops(PORT)[REASON]);
            untilTold(PORT, "it is in bridge " + bridge);
            datapath.detach(PORT);
            assertThrows(DatapathException.class, () -> datapath.attach(PORT, new Attachment("netdev", bridged(bridge))), "a new port is refused");
        } finally {
            ip("link", "del", HOST + "v");
            ip("link", "del", bridge);
        }
    }

    private static String bridged(String bridge) throws IOException, InterruptedException {
        ip("link", "add", HOST + "v", "master", bridge, "type", "veth");
        return HOST + "v";
    }

    private static void ip(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), command::toString);
    }

    private static List<Path> pins() throws IOException {
        try (Stream<Path> pins = Files.list(FOLDER)) {
            return pins.sorted().toList();
        }
    }
}
