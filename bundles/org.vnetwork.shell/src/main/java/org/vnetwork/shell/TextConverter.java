package org.vnetwork.shell;

import java.util.Collection;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.vnetwork.shell.command.BundleNames;
import org.vnetwork.shell.text.Ink;
import org.vnetwork.shell.text.Text;

/** Gives Gogo the text of results that go through a pipe, and the bundles that words of its own commands name. */
final class TextConverter implements Converter {
    private final BundleContext context;

    /** Finds bundles in a framework. */
    TextConverter(BundleContext context) {
        this.context = context;
    }

    @Override
    public Object convert(Class<?> desired, Object in) {
        return desired == Bundle.class && in instanceof CharSequence word ? BundleNames.find(context, word.toString()) : null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        boolean ours = target instanceof Record || target instanceof Collection<?> items && items.stream().allMatch(Record.class::isInstance);
        return ours && level == INSPECT ? Text.of(target, Ink.PLAIN).stripTrailing() : null;
    }
}
