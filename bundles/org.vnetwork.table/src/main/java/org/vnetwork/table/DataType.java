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

    /**
     * Whether a change of a row may deny what was allowed, as an entry of an access list does.
     *
     * <p>A flow that read such a row and would let more than one frame through unseen goes at once when the row changes; flows that drain go too. Of other types that is so for rows
     * that the administrator places. A frame of such a flow is decided afresh, which costs more than the flow did: say this of what denies, not of what says where to.
     */
    boolean policy() default false;
}
