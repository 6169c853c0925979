package org.vnetwork.launcher;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogReaderService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Copies what bundles say to the OSGi log service (the component runtime above all) into the log file. */
final class LogBridge {
    private LogBridge() {
    }

    static void install(BundleContext context) {
        ServiceReference<LogReaderService> reader = context.getServiceReference(LogReaderService.class);
        if (reader != null) {
            context.getService(reader).addLogListener(LogBridge::copy);
        }
    }

    private static void copy(LogEntry entry) {
        if (entry.getLoggerName().startsWith("Events.") && entry.getLogLevel().ordinal() > LogLevel.WARN.ordinal()) {
            return;
        }
        Logger logger = LoggerFactory.getLogger(entry.getBundle().getSymbolicName());
        LoggingEventBuilder event = logger.atLevel(level(entry.getLogLevel()));
        if (entry.getException() != null) {
            event = event.setCause(entry.getException());
        }
        event.log(entry.getMessage());
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case AUDIT, INFO -> Level.INFO;
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
