package org.vnetwork.tests.rules;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vnetwork.tests.Product;

/** Who may use whom, checked over the manifests and classes of the built bundles (docs/ARCHITECTURE.md says why). */
class DependencyRulesTest {
    private static final String OWN = "org.vnetwork.";
    private static final Set<String> APIS = Set.of(OWN + "model", OWN + "packet", OWN + "table", OWN + "engine", OWN + "filter",
            OWN + "datapath", OWN + "control");
    private static final String SHELL = OWN + "shell";
    private static final String CORE = OWN + "core";
    /** What opens a socket or a device. NB: a FileChannel or a stream opens devices too; see bundlesNameNoDevice. */
    private static final Predicate<String> OPENS = Set.of("java/net/Socket", "java/net/ServerSocket", "java/net/DatagramSocket",
            "java/net/MulticastSocket", "java/net/URLConnection", "java/net/HttpURLConnection", "java/net/http/HttpClient",
            "java/nio/channels/SocketChannel", "java/nio/channels/ServerSocketChannel", "java/nio/channels/DatagramChannel",
            "java/nio/channels/AsynchronousSocketChannel", "java/nio/channels/AsynchronousServerSocketChannel",
            "java/lang/foreign/Linker", "java/lang/ProcessBuilder")::contains;
    private static final Set<String> SHELL_OPENS = Set.of("java/nio/channels/SocketChannel", "java/nio/channels/ServerSocketChannel");

    private static List<BuiltBundle> bundles;

    @BeforeAll
    static void readBuiltBundles() throws IOException {
        bundles = new ArrayList<>();
        for (String folder : List.of("bundles", "datapath")) {
            try (Stream<Path> modules = Files.list(Product.ROOT.resolve(folder))) {
                for (Path module : modules.filter(module -> Files.exists(module.resolve("bnd.bnd"))).toList()) {
                    bundles.add(BuiltBundle.read(jarOf(module)));
                }
            }
        }
    }

    private static Path jarOf(Path module) throws IOException {
        try (Stream<Path> files = Files.list(module.resolve("target"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow();
        }
    }

    @Test
    void allApisAreBuilt() {
        Set<String> names = bundles.stream().map(BuiltBundle::name).collect(toCollection(TreeSet::new));
        assertEquals(Set.of(), minus(APIS, names));
    }

    @Test
    void eachPackageHasExactlyOneExporter() {
        Map<String, List<String>> exporters = new TreeMap<>();
        bundles.forEach(bundle -> bundle.exports().forEach(name -> exporters.computeIfAbsent(name, key -> new ArrayList<>()).add(bundle.name())));
        exporters.values().removeIf(names -> names.size() == 1);
        assertEquals(Map.of(), exporters);
        bundles.stream().filter(bundle -> APIS.contains(bundle.name()))
                .forEach(bundle -> assertFalse(bundle.exports().isEmpty(), bundle.name() + " exports nothing"));
    }

    @Test
    void providersExportNothing() {
        assertEquals(List.of(), broken(bundle -> !APIS.contains(bundle.name()), BuiltBundle::exports));
    }

    @Test
    void ownPackagesAreImportedFromApiBundlesOnly() {
        Set<String> exported = bundles.stream().filter(bundle -> APIS.contains(bundle.name()))
                .flatMap(bundle -> bundle.exports().stream()).collect(toCollection(TreeSet::new));
        assertEquals(List.of(), broken(bundle -> true, bundle -> minus(select(bundle.imports(), name -> name.startsWith(OWN)), exported)));
    }

    @Test
    void nobodyImportsTheCore() {
        assertEquals(List.of(), broken(bundle -> true,
                bundle -> select(bundle.imports(), name -> name.equals(CORE) || name.startsWith(CORE + "."))));
        assertEquals(List.of(), broken(bundle -> !bundle.name().equals(CORE),
                bundle -> select(bundle.referredClasses(), name -> name.startsWith("org/vnetwork/core/"))));
    }

    @Test
    void noBundleLooksForPackagesAtRunTimeOrRequiresBundles() {
        assertEquals(List.of(), broken(bundle -> true, bundle -> select(Set.of("DynamicImport-Package", "Require-Bundle", "Fragment-Host"),
                header -> bundle.headers().getValue(header) != null)));
    }

    @Test
    void onlyTheShellKnowsGogoAndJLine() {
        assertEquals(List.of(), broken(bundle -> !bundle.name().equals(SHELL), bundle -> select(bundle.imports(), name ->
                name.startsWith("org.apache.felix.gogo") || name.startsWith("org.apache.felix.service") || name.startsWith("org.jline"))));
    }

    @Test
    void apisDependOnNoImplementation() {
        assertEquals(List.of(), broken(bundle -> APIS.contains(bundle.name()), bundle -> select(bundle.imports(), name ->
                !name.startsWith("java.") && !name.startsWith(OWN) && !name.startsWith("org.osgi."))));
    }

    /** No class under bundles/ refers to a socket, a native function or a process; the shell has its Unix socket. */
    @Test
    void bundlesOpenNoSocketsAndCallNoNativeFunctions() {
        assertEquals(List.of(), broken(bundle -> bundle.folder().equals("bundles"), bundle -> select(bundle.referredClasses(), name ->
                OPENS.test(name) && !(bundle.name().equals(SHELL) && SHELL_OPENS.contains(name)))));
        assertEquals(List.of(), broken(bundle -> bundle.name().equals(SHELL),
                bundle -> select(bundle.referredClasses(), "java/net/InetSocketAddress"::equals)));
    }

    /** No class under bundles/ has a string constant that names a device, a pinned eBPF object or a kernel setting. */
    @Test
    void bundlesNameNoDevice() {
        assertEquals(List.of(), broken(bundle -> bundle.folder().equals("bundles"), bundle -> select(bundle.strings(), text ->
                text.matches("/dev/.+|/sys/fs/bpf.*|/proc/sys/.+"))));
    }

    @Test
    void onlyTheCoreHasAnActivatorOrTracksServices() {
        assertEquals(List.of(), broken(bundle -> !bundle.name().equals(CORE), bundle -> select(bundle.referredClasses(), name ->
                name.equals("org/osgi/framework/BundleActivator") || name.equals("org/osgi/util/tracker/ServiceTracker"))));
        assertEquals(List.of(), broken(bundle -> !bundle.name().equals(CORE),
                bundle -> select(Set.of("Bundle-Activator"), header -> bundle.headers().getValue(header) != null)));
    }

    /** Names of bundles with what breaks the rule. */
    private static List<String> broken(Predicate<BuiltBundle> who, Function<BuiltBundle, Set<String>> what) {
        return bundles.stream().filter(who)
                .filter(bundle -> !what.apply(bundle).isEmpty())
                .map(bundle -> bundle.name() + ": " + what.apply(bundle))
                .toList();
    }

    private static Set<String> select(Iterable<String> all, Predicate<String> which) {
        Set<String> selected = new TreeSet<>();
        all.forEach(each -> {
            if (which.test(each)) {
                selected.add(each);
            }
        });
        return selected;
    }

    private static Set<String> minus(Set<String> all, Set<String> some) {
        return select(all, each -> !some.contains(each));
    }

    /** Such a field would be shared by all switches, and would keep what the last one that used it had: its tables, its plugins' classes. */
    @Test
    void nothingStaticChanges() {
        Map<String, ClassModel> own = new TreeMap<>();
        bundles.forEach(bundle -> bundle.classes().forEach(model -> own.put(model.thisClass().asInternalName(), model)));
        Set<String> changing = new TreeSet<>();
        for (ClassModel model : own.values()) {
            for (FieldModel field : model.fields()) {
                String type = field.fieldType().stringValue().replaceAll("^L|;$", "");
                boolean isStatic = field.flags().has(AccessFlag.STATIC) && !field.flags().has(AccessFlag.SYNTHETIC);
                if (isStatic && (!field.flags().has(AccessFlag.FINAL) || changes(own.get(type)))) {
                    changing.add(model.thisClass().asInternalName() + "." + field.fieldName().stringValue());
                }
            }
        }
        // Of the machine, whichever switch asks: its bpf file system.
        String driver = "org/vnetwork/datapath/ebpf/";
        assertEquals(Set.of(driver + "BpfFileSystem.reached"), changing);
    }

    /** Whether a class of ours has a field that can be set again. */
    private static boolean changes(ClassModel type) {
        return type != null && type.fields().stream().anyMatch(field -> !field.flags().has(AccessFlag.STATIC) && !field.flags().has(AccessFlag.FINAL));
    }
}
