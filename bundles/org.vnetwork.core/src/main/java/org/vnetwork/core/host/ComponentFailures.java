package org.vnetwork.core.host;

import java.util.List;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;

/** Knows why the component runtime could not make an instance: it gives none, and only notes what was thrown. Any thread. */
@Component(service = ComponentFailures.class)
public final class ComponentFailures {
    private static final String CAUSE = "Caused by: ";

    private final ServiceComponentRuntime runtime;

    /** Asks this runtime. */
    @Activate
    public ComponentFailures(@Reference ServiceComponentRuntime runtime) {
        this.runtime = runtime;
    }

    /** What was thrown when the component behind a service was made last, in a line. */
    String of(ServiceReference<?> service) {
        return runtime.getComponentDescriptionDTOs(service.getBundle()).stream().flatMap(d -> runtime.getComponentConfigurationDTOs(d).stream())
                .filter(c -> c.service != null && Long.valueOf(c.service.id).equals(service.getProperty("service.id")) && c.failure != null).map(ComponentFailures::cause).findFirst()
                .orElse("the log has the reason");
    }

    /** The failure is text of a stack: what was thrown first is its last cause. */
    private static String cause(ComponentConfigurationDTO configuration) {
        List<String> lines = configuration.failure.lines().filter(line -> !line.isBlank()).toList();
        return lines.stream().filter(line -> line.startsWith(CAUSE)).reduce((first, second) -> second).map(line -> line.substring(CAUSE.length())).orElse(lines.isEmpty() ? "" : lines.getFirst());
    }
}
