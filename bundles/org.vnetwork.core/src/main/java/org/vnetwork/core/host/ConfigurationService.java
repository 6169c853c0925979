package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edit;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.Plugin;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.model.Refusal;

/** Keeps the configuration, in force and in the data folder; edits are made one after the other. */
@Component(service = Configuration.class, immediate = true)
public final class ConfigurationService implements Configuration {
    /** Takes the place of an engine whose bundle has gone. */
    private static final String BUILT_IN = "learning";
    private static final long RETRY_SECONDS = 5;

    private final Switches switches;
    private final DocumentFile file;
    private final Runnable pluginsChanged = this::pluginsChanged;
    private final ScheduledExecutorService followUp = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("plugins").factory());
    private volatile HostDocument current;
    private boolean closed;

    /** Restores what was configured before. */
    @Activate
    public ConfigurationService(@Reference Switches switches) {
        this.switches = switches;
        file = new DocumentFile(switches.settings().dataFolder());
        current = file.load(line -> switches.events().add("host " + switches.settings().name(), line));
        new Reconciler(switches, true).apply(HostDocument.EMPTY, current);
        switches.installed().listen(pluginsChanged);
        followUp.scheduleWithFixedDelay(this::retry, RETRY_SECONDS, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    private synchronized void retry() {
        if (!closed && current.switches().stream().anyMatch(s -> switches.find(s.name()).isEmpty())) {
            new Reconciler(switches, true).apply(current, current);
        }
    }

    @Deactivate
    void close() {
        switches.installed().unlisten(pluginsChanged);
        followUp.shutdownNow();
        // What is under way ends first, so that no switch is started behind the back of those who close them.
        synchronized (this) {
            closed = true;
        }
    }

    @Override
    public HostDocument current() {
        return current;
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(file.problem());
    }

    @Override
    public synchronized Change plan(Edit edit) {
        HostDocument after = edit.apply(current);
        new Reconciler(switches, false).check(current, after);
        return new Change(false, Differences.between(current, after), preview(current, after));
    }

    /** For each switch that would get another engine: what that engine would do with the flows of now. */
    private List<String> preview(HostDocument before, HostDocument after) {
        List<String> lines = new ArrayList<>();
        for (SwitchDocument now : after.switches()) {
            boolean swaps = before.find(now.name()).filter(old -> !old.engine().equals(now.engine())).isPresent();
            if (swaps && switches.find(now.name()).isPresent()) {
                lines.addAll(switches.need(now.name()).preview(now.engine(), switches.engine(now.engine())));
            }
        }
        return lines;
    }

    @Override
    public synchronized Change apply(Edit edit) {
        HostDocument before = current;
        HostDocument after = edit.apply(before);
        if (closed) {
            throw new Refusal("host " + switches.settings().name() + " is stopping");
        }
        Reconciler reconciler = new Reconciler(switches, false);
        reconciler.check(before, after);
        // Written first: a full disk is found out before any switch is touched.
        file.prepare(after);
        try {
            reconciler.apply(before, after);
            file.commit();
        } catch (RuntimeException e) {
            file.discard();
            goBack(before, after);
            throw e;
        }
        current = after;
        return new Change(true, Differences.between(before, after), reconciler.report());
    }

    /** From wherever a failed edit left the switches: what it changed of each is changed back, and one that it stopped is started again. */
    private void goBack(HostDocument before, HostDocument after) {
        try {
            for (SwitchDocument touched : after.switches()) {
                if (before.find(touched.name()).filter(touched::equals).isEmpty()) {
                    new Undo(switches).back(touched, before.find(touched.name()).orElse(null));
                }
            }
            new Reconciler(switches, true).apply(before, before);
        } catch (RuntimeException e) {
            switches.events().add("host " + switches.settings().name(), "an edit that failed could not be undone altogether: " + e.getMessage());
        }
    }

    private void pluginsChanged() {
        try {
            followUp.execute(this::follow);
        } catch (RejectedExecutionException e) {
            // The host is stopping.
        }
    }

    /** After bundles came or went: switches that could not start are started, engines that are gone are replaced, those that came back are used again. */
    private synchronized void follow() {
        if (closed) {
            return;
        }
        new Reconciler(switches, true).apply(current, current);
        for (VirtualSwitch home : switches.all()) {
            current.find(home.name()).ifPresent(document -> follow(home, document));
        }
    }

    private void follow(VirtualSwitch home, SwitchDocument document) {
        try {
            Plugin<ForwardingEngine> used = home.engine();
            Plugin<ForwardingEngine> wanted = switches.installed().engine(document.engine());
            boolean usedIsThere = used != null && switches.installed().engines().contains(used);
            if (usedIsThere && used.name().equals(document.engine())) {
                home.refreshFilters();
                return;
            }
            Plugin<ForwardingEngine> next = wanted != null ? wanted : switches.installed().engine(BUILT_IN);
            if (next != used) {
                home.swap(next == null ? document.engine() : next.name(), next);
                switches.events().add("switch " + home.name(), next == null ? "has no engine: " + document.engine() + " is not installed; installed flows go on, other frames are dropped"
                        : "uses engine " + next.name() + " " + next.version() + (wanted == null ? " in the place of " + document.engine() + ", which is not installed" : ""));
            }
            home.refreshFilters();
            new Reconciler(switches, true).placeAgain(home, document);
        } catch (RuntimeException e) {
            switches.events().add("switch " + home.name(), e.getMessage());
        }
    }
}
