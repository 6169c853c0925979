package org.vnetwork.table;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the data type that a row record defines: {@code fdb/1}, {@code com.acme.qos/2}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface DataType {
    /** Id and version: lower-case letters, digits, dots and dashes, a slash, a positive number. */
    String value();
}
