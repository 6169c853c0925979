package org.vnetwork.shell;

import java.util.Collection;
import org.apache.felix.service.command.Converter;
import org.vnetwork.shell.text.Ink;
import org.vnetwork.shell.text.Text;

/** Gives Gogo the text of results that go through a pipe. */
final class TextConverter implements Converter {
    @Override
    public Object convert(Class<?> desired, Object in) {
        return null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        boolean ours = target instanceof Record || target instanceof Collection<?> items && items.stream().allMatch(Record.class::isInstance);
        return ours && level == INSPECT ? Text.of(target, Ink.PLAIN).stripTrailing() : null;
    }
}
