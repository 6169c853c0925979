package org.vnetwork.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vnetwork.control.DeviceOptions;
import org.vnetwork.control.FilterDocument;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.Limit;
import org.vnetwork.control.LimitsDocument;
import org.vnetwork.control.PluginDocument;
import org.vnetwork.control.PortDocument;
import org.vnetwork.control.RowDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.control.TrialDocument;
import org.vnetwork.model.FastWay;
import org.vnetwork.model.PortVlan;
import org.vnetwork.model.Refusal;
import org.vnetwork.model.VlanSet;

class DocumentTest {
    @TempDir
    Path folder;

    private static HostDocument random(Random random, int switches) {
        List<SwitchDocument> all = new ArrayList<>();
        for (int s = 0; s < switches; s++) {
            List<PortDocument> ports = new ArrayList<>();
            for (int p = 1; p <= random.nextInt(60); p++) {
                PortVlan vlan = random.nextBoolean() ? PortVlan.access(1 + random.nextInt(4094))
                        : PortVlan.trunk(random.ints(random.nextInt(1, 9), 1, 4095).boxed().toList(), random.nextInt(3) * 100);
                List<FilterDocument> filters = IntStream.rangeClosed(1, random.nextInt(5)).mapToObj(i -> new FilterDocument(i * 3, plugin(random, "filter" + i), random.nextBoolean(), trial(random))).toList();
                String attachment = List.of("sim", "netdev", "tap").get(random.nextInt(3));
                DeviceOptions options = new DeviceOptions(attachment.equals("tap") ? 1 + random.nextInt(4) : 1,
                        attachment.equals("netdev") ? FastWay.values()[random.nextInt(3)] : FastWay.AUTO);
                ports.add(new PortDocument(p, "port" + p, attachment, "dev" + s + "." + p, vlan, filters, options));
            }
            List<RowDocument> rows = IntStream.range(0, random.nextInt(20)).mapToObj(i -> new RowDocument("fdb", Map.of("vlan", "" + i, "mac", "ü\"\\\n" + i), Map.of("x", ""))).toList();
            LimitsDocument limits = random.nextBoolean() ? LimitsDocument.PRESET : new LimitsDocument(Map.of(Limit.values()[random.nextInt(Limit.values().length)], 2 + random.nextInt(30)));
            all.add(new SwitchDocument("sw" + s, plugin(random, "learning"), "sim", ports, rows, limits, random.nextBoolean(), trial(random)));
        }
        return new HostDocument(all);
    }

    private static PluginDocument plugin(Random random, String name) {
        return random.nextBoolean() ? PluginDocument.parse("plugin", name) : new PluginDocument(name, "com.acme." + name, "1.0." + random.nextInt(9));
    }

    private static Optional<TrialDocument> trial(Random random) {
        return random.nextInt(4) > 0 ? Optional.empty() : Optional.of(new TrialDocument(plugin(random, "before"), Instant.ofEpochMilli(random.nextLong(1L << 42))));
    }

    @Test
    void readsWhatItWrote() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            HostDocument document = random(new Random(seed), 8);
            assertEquals(document, DocumentText.read(DocumentText.write(document)));
        }
        HostDocument large = random(new Random(99), 400);
        assertEquals(large, DocumentText.read(DocumentText.write(large)));
        assertEquals(HostDocument.EMPTY, DocumentText.read(DocumentText.write(HostDocument.EMPTY)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "{} | document.format: null (expected: a whole number)",
        "[] | document: [] (expected: an object)",
        "{\"format\":2,\"switches\":[]} | format: 2 (expected: 1)",
        "{\"format\":1} | document: no switches (expected: switches, which may be empty)",
        "{\"format\":1,\"switches\":{}} | document.switches: {} (expected: a list)",
        "{\"format\":1,\"switches\":[],\"swiches\":[]} | document: swiches (expected: one of format, switches)",
        "{\"format\":1,\"switches\":[]} {} | configuration: more text behind it, line 1 (expected: one document)",
        "{\"format\":1,\"switches\":[{\"name\":\"s\",\"engine\":\"e\",\"datapath\":\"sim\"}]} | document.switches[0]: no ports (expected: ports, which may be empty)"})
    void namesThePlaceThatIsWrong(String text, String message) {
        assertEquals(message, assertThrows(Refusal.class, () -> DocumentText.read(text)).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "\"access\":10 | \"access\":4095 | vlan: 4095 (expected: 1..4094)",
        "\"access\":10 | \"access\":10,\"native\":5 | vlan: access and trunk (expected: access alone, or trunk and native)",
        "\"access\":10 | \"trunk\":\"5,20-10\",\"native\":0 | vlan: 20-10 (expected: low-high)",
        "\"access\":10 | \"trunk\":[5,4095],\"native\":0 | vlan: 4095 (expected: 1..4094)",
        "\"access\":10 | \"access\":10,\"access\":11 | not JSON: Duplicate field 'access'",
        "\"limits\":{} | \"limits\":{\"flows\":0} | flows: 0 (expected: 1..1000000)",
        "\"limits\":{} | \"limits\":{\"flow\":5} | document.switches[0].limits: flow (expected: one of flows, port-flows",
        "\"limits\":{} | \"limits\":{\"moves\":\"5\"} | document.switches[0].limits.moves: 5 (expected: a whole number)",
        "\"limits\":{} | \"limits\":7 | document.switches[0].limits: 7 (expected: an object)",
        "\"fail\":\"closed\" | \"fail\":\"clnsed\" | fail: clnsed (expected: open or closed)",
        "\"vlan\":10 | \"vlan\":[10] | document.switches[0].rows[0].key.vlan: [10] (expected: text)"})
    void refusesWhatItWouldReadAsSomethingElse(String good, String bad, String message) {
        String text = "{\"format\":1,\"switches\":[{\"name\":\"s\",\"engine\":\"e\",\"datapath\":\"sim\",\"limits\":{},\"ports\":[{\"id\":1,\"name\":\"p\",\"attachment\":\"sim\",\"device\":\"p\","
                + "\"access\":10,\"filters\":[{\"slot\":1,\"filter\":\"f\",\"fail\":\"closed\"}]}],\"rows\":[{\"table\":\"fdb\",\"key\":{\"vlan\":10},\"row\":{}}]}]}";
        assertEquals(1, DocumentText.read(text).switches().size());
        String refusal = assertThrows(Refusal.class, () -> DocumentText.read(text.replace(good, bad))).getMessage();
        assertTrue(refusal.contains(message), refusal);
    }

    @Test
    void trunksAreWrittenAsRangesAndListsOfNumbersAreStillRead() throws IOException {
        PortDocument port = new PortDocument(1, "p", "sim", "p", PortVlan.trunk(VlanSet.parse("5,10-4000"), 0), List.of());
        HostDocument document = new HostDocument(List.of(new SwitchDocument("s", "learning", "sim", List.of(port), List.of())));
        String text = DocumentText.write(document);
        assertTrue(text.contains("\"trunk\" : \"5,10-4000\""), text);
        assertEquals(document, DocumentText.read(text));
        String old = text.replace("\"5,10-4000\"", IntStream.concat(IntStream.of(5), IntStream.rangeClosed(10, 4000)).boxed().toList().toString());
        assertEquals(document, DocumentText.read(old));
    }

    private DocumentFile file() {
        return new DocumentFile(folder);
    }

    private void store(HostDocument document) {
        DocumentFile file = file();
        file.prepare(document);
        file.commit();
    }

    @Test
    void keepsTheConfigurationBeforeTheLast() {
        HostDocument first = random(new Random(1), 2);
        HostDocument second = random(new Random(2), 2);
        store(first);
        store(second);
        List<String> lines = new ArrayList<>();
        assertEquals(second, file().load(lines::add));
        assertEquals(List.of(), lines);
        assertTrue(Files.exists(folder.resolve("configuration.previous.json")));
        assertFalse(Files.exists(folder.resolve("configuration.json.new")));
    }

    @Test
    void aChangeThatWasPreparedAndNotCommittedIsNone() {
        HostDocument first = random(new Random(1), 2);
        store(first);
        file().prepare(random(new Random(2), 2));
        assertEquals(first, file().load(line -> { }));
        file().discard();
        assertFalse(Files.exists(folder.resolve("configuration.json.new")));
    }

    /** Every length, and 200 flipped bits: read as something valid, or refused in a line, kept aside, and the one before used. */
    @Test
    void aDamagedFileIsReadOrKeptAsideAndTheOneBeforeUsed() throws IOException {
        HostDocument first = random(new Random(1), 1);
        HostDocument second = random(new Random(5), 2);
        store(first);
        store(second);
        byte[] good = Files.readAllBytes(folder.resolve("configuration.json"));
        byte[] before = Files.readAllBytes(folder.resolve("configuration.previous.json"));
        for (int size = 0; size < good.length - 1; size += good.length > 4000 ? 3 : 1) {
            HostDocument read = damaged(java.util.Arrays.copyOf(good, size), before);
            assertTrue(read.equals(first), "cut to " + size + " octets");
        }
        Random random = new Random(6);
        for (int i = 0; i < 200; i++) {
            byte[] flipped = good.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            damaged(flipped, before);
        }
    }

    private HostDocument damaged(byte[] octets, byte[] before) throws IOException {
        try (var files = Files.list(folder)) {
            files.forEach(f -> assertTrue(f.toFile().delete()));
        }
        Files.write(folder.resolve("configuration.json"), octets);
        Files.write(folder.resolve("configuration.previous.json"), before);
        List<String> lines = new ArrayList<>();
        HostDocument read = file().load(lines::add);
        assertEquals(lines.isEmpty(), Files.exists(folder.resolve("configuration.json")));
        try (var files = Files.list(folder)) {
            long aside = files.filter(f -> f.toString().contains(".corrupt-")).count();
            assertEquals(lines.size(), aside);
        }
        for (String line : lines) {
            assertTrue(line.startsWith("configuration: ") && line.contains("going on with configuration.previous.json") && !line.contains("\n"), line);
        }
        return read;
    }

    private static HostDocument document(String... ports) {
        List<PortDocument> all = new ArrayList<>();
        for (String port : ports) {
            all.add(new PortDocument(all.size() + 1, port, "sim", port, PortVlan.access(10), List.of()));
        }
        return new HostDocument(List.of(new SwitchDocument("sw1", "learning", "sim", all, List.of())));
    }

    /** By hand, as an operator would; what the file says of it now. */
    private String broken(String from, String to) throws IOException {
        Path written = folder.resolve("configuration.json");
        Files.writeString(written, Files.readString(written).replace(from, to));
        DocumentFile file = file();
        assertEquals(document("p1", "p2"), file.load(line -> { }));
        return file.problem().replaceAll("corrupt-[0-9-]+", "corrupt-TIME");
    }

    private void storeTwo() throws IOException {
        store(document("p1", "p2"));
        store(document("p1", "p2", "p3"));
        assertEquals(null, file().problem());
    }

    @Test
    void whatIsInForceInPlaceOfABrokenFileIsSaidWithWhatDiffers() throws IOException {
        storeTwo();
        String said = broken("\"p3\",\n", "\"p3\",\n      \"speed\" : 10,\n");
        assertTrue(said.startsWith("configuration.json could not be used (") && said.contains("speed"), said);
        assertTrue(said.endsWith("), it is kept as configuration.json.corrupt-TIME; configuration.previous.json is in force; not in force: port p3 of sw1"), said);
        DocumentFile again = file();
        again.load(line -> { });
        assertTrue(again.problem().contains("not in force: port p3 of sw1"), "also at the next start: " + again.problem());
        again.prepare(document("p1"));
        again.commit();
        assertEquals(null, again.problem());
    }

    @Test
    void ofAFileThatIsNoJsonItIsSaidUpToWhereItWasRead() throws IOException {
        storeTwo();
        String said = broken("\"format\"", "\"format");
        assertTrue(said.contains("not JSON") && said.contains("configuration.previous.json is in force; what stands in it behind line "), said);
    }

    @Test
    void twoDamagedFilesAreBothKeptAsideUnderNamesOfTheirOwn() throws IOException {
        for (int i = 0; i < 3; i++) {
            Files.writeString(folder.resolve("configuration.json"), "{");
            Files.writeString(folder.resolve("configuration.previous.json"), "{");
            assertEquals(HostDocument.EMPTY, file().load(line -> { }));
        }
        try (var files = Files.list(folder)) {
            assertEquals(6, files.count());
        }
    }

    @Test
    void aDocumentOutOfTheMiddleOfTwoRenamesIsTheOneBefore() throws IOException {
        HostDocument first = random(new Random(1), 2);
        store(first);
        Files.move(folder.resolve("configuration.json"), folder.resolve("configuration.previous.json"));
        assertEquals(first, file().load(line -> { }));
    }
}
