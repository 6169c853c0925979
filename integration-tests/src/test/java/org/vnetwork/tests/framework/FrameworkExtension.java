package org.vnetwork.tests.framework;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.ops4j.pax.exam.ExamSystem;
import org.ops4j.pax.exam.TestAddress;
import org.ops4j.pax.exam.TestContainer;
import org.ops4j.pax.exam.TestContainerException;
import org.ops4j.pax.exam.TestProbeBuilder;
import org.ops4j.pax.exam.spi.PaxExamRuntime;
import org.osgi.framework.BundleContext;

/** Drives Pax Exam from JUnit 5, for which it has no driver of its own. */
final class FrameworkExtension implements BeforeAllCallback, AfterAllCallback, InvocationInterceptor, ParameterResolver {
    private final Map<String, TestAddress> addresses = new HashMap<>();
    private TestContainer container;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        ExamSystem system = PaxExamRuntime.createTestSystem(HostOptions.all());
        container = PaxExamRuntime.createContainer(system);
        container.start();
        Class<?> test = context.getRequiredTestClass();
        TestProbeBuilder probe = system.createProbe();
        for (Method method : Stream.of(test.getMethods()).filter(each -> each.isAnnotationPresent(Test.class)).toList()) {
            addresses.put(method.getName(), probe.addTest(test, method.getName()));
        }
        container.installProbe(probe.build().getStream());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (container != null) {
            container.stop();
        }
    }

    @Override
    public void interceptTestMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> target, ExtensionContext context)
            throws Throwable {
        invocation.skip();
        try {
            container.call(addresses.get(target.getExecutable().getName()));
        } catch (TestContainerException e) {
            throw ofTheTest(e);
        }
    }

    /** A failed assertion must count as a failure, not as an error of the container. */
    private static Throwable ofTheTest(Throwable wrapped) {
        Throwable cause = wrapped;
        while (cause.getCause() != null && (cause instanceof TestContainerException || cause instanceof InvocationTargetException)) {
            cause = cause.getCause();
        }
        return cause instanceof AssertionError ? new AssertionError(cause.getMessage(), cause) : cause;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BundleContext.class;
    }

    /** The real one is supplied inside the framework; the call outside is skipped. */
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return null;
    }
}
