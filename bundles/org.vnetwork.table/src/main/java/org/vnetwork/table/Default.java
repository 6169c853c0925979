package org.vnetwork.table;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a key or row is in rows of a version that does not have it: {@code @Default("100") int weight}.
 *
 * <p>Without it, rows of such a version cannot be taken over, unless the row's class has a method {@code static Row upgrade(Map<String, Object> components)}, which then is called for each
 * row with its components by name.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    /** As {@code table:put} takes it: {@code 100}, {@code true}, {@code [a b]}, the name of a constant. */
    String value();
}
