package org.vnetwork.tests.rules;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.eclipse.osgi.util.ManifestElement;
import org.osgi.framework.BundleException;

/**
 * What a built bundle says in its manifest, and what its classes refer to.
 *
 * @param name symbolic name
 * @param folder where its sources are: {@code bundles} or {@code datapath}
 * @param exports exported packages
 * @param imports imported packages
 * @param headers the manifest
 * @param classes its classes
 */
record BuiltBundle(String name, String folder, Set<String> exports, Set<String> imports, Attributes headers, List<ClassModel> classes) {

    static BuiltBundle read(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes headers = file.getManifest().getMainAttributes();
            List<ClassModel> classes = new ArrayList<>();
            for (var entry : file.stream().filter(entry -> entry.getName().endsWith(".class")).toList()) {
                classes.add(ClassFile.of().parse(file.getInputStream(entry).readAllBytes()));
            }
            String folder = jar.getParent().getParent().getParent().getFileName().toString();
            return new BuiltBundle(names(headers, "Bundle-SymbolicName").iterator().next(), folder, names(headers, "Export-Package"),
                    names(headers, "Import-Package"), headers, classes);
        }
    }

    private static Set<String> names(Attributes headers, String header) throws IOException {
        try {
            ManifestElement[] elements = ManifestElement.parseHeader(header, headers.getValue(header));
            return elements == null ? Set.of()
                    : new TreeSet<>(Stream.of(elements).map(ManifestElement::getValueComponents).flatMap(Stream::of).toList());
        } catch (BundleException e) {
            throw new IOException(e);
        }
    }

    /** Classes, with slashes, that a class of this bundle names in its constant pool. */
    Set<String> referredClasses() {
        Set<String> referred = new TreeSet<>();
        for (ClassModel model : classes) {
            for (var entry : model.constantPool()) {
                if (entry instanceof ClassEntry type) {
                    referred.add(type.asInternalName());
                }
            }
        }
        return referred;
    }

    /** String constants of all classes. */
    Collection<String> strings() {
        Set<String> strings = new TreeSet<>();
        for (ClassModel model : classes) {
            for (var entry : model.constantPool()) {
                if (entry instanceof StringEntry text) {
                    strings.add(text.stringValue());
                }
            }
        }
        return strings;
    }
}
