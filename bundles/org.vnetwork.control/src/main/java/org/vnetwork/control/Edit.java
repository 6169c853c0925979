package org.vnetwork.control;

import java.util.function.UnaryOperator;

/**
 * A configuration command: a pure function from document to document.
 *
 * <p>Throws {@link org.vnetwork.model.Refusal} for what does not fit the document. {@link Edits} has those of this version.
 */
@FunctionalInterface
public interface Edit extends UnaryOperator<HostDocument> {
    /** This edit, and another one after it. */
    default Edit and(Edit next) {
        return document -> next.apply(apply(document));
    }
}
