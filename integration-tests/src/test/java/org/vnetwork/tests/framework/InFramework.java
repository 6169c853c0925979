package org.vnetwork.tests.framework;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs the test methods of a class inside a host: the product's run list on Equinox, one framework per class.
 *
 * <p>Class and methods are public; a method may ask for a {@code BundleContext}. The class travels into the framework, so that
 * fields set outside and {@code BeforeEach} methods mean nothing there.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FrameworkExtension.class)
public @interface InFramework {
}
