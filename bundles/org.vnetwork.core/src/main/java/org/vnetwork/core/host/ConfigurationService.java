package org.vnetwork.core.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vnetwork.control.Change;
import org.vnetwork.control.Configuration;
import org.vnetwork.control.Edit;
import org.vnetwork.control.HostDocument;
import org.vnetwork.control.SwitchDocument;
import org.vnetwork.core.run.SwapPreview;
import org.vnetwork.core.run.VirtualSwitch;
import org.vnetwork.model.Refusal;

/** Keeps the configuration, in force and in the data folder; edits are made one after the other. */
@Component(service = Configuration.class, immediate = true)
public final class ConfigurationService implements Configuration {
    private static final long RETRY_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationService.class);

    private final Switches switches;
    private final DocumentFile file;
    private final Runnable pluginsChanged = this::pluginsChanged;
    private final ScheduledExecutorService followUp = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("plugins").factory());
    /** Failures that were told. */
    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private final Generations generations;
    private final Trials trials = new Trials(followUp, this::takeBack);
    private volatile HostDocument current;
    private boolean closed;

    /** Restores what was configured before. */
    @Activate
    public ConfigurationService(@Reference Switches switches) {
        this(switches, TimeUnit.SECONDS.toMillis(RETRY_SECONDS));
    }

    /** As the other, with the time between tries. */
    ConfigurationService(Switches switches, long retryMillis) {
        this.switches = switches;
        file = new DocumentFile(switches.settings().dataFolder());
        generations = new Generations(switches);
        switches.onFailure(trials::failed);
        HostDocument loaded = file.load(line -> switches.events().add("host " + switches.settings().name(), line));
        current = generations.followed(withoutTrials(loaded, trial -> "was not confirmed before the process ended"));
        new Reconciler(switches, true).apply(HostDocument.EMPTY, current);
        if (!current.equals(loaded)) {
            keep(current);
        }
        switches.installed().listen(pluginsChanged);
        followUp.scheduleWithFixedDelay(() -> guarded("starting what could not be started", this::retry), retryMillis, retryMillis, TimeUnit.MILLISECONDS);
    }

    /** Does what nobody waits for. A failure is told, once per kind until the work succeeds, and it is not the last try: a scheduled task that throws is never run again. */
    void guarded(String what, Runnable work) {
        try {
            work.run();
            failed.removeIf(kind -> kind.startsWith(what));
        } catch (Throwable e) {
            String line = what + " failed: " + Reconciler.text(e) + "; the log has the details, and it is tried again";
            if (failed.add(line)) {
                LOG.error("{} failed", what, e);
                switches.events().add("host " + switches.settings().name(), line);
            }
        }
    }

    /** Starts what could not be started before. */
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
    public Change plan(Edit edit) {
        HostDocument before;
        HostDocument after;
        synchronized (this) {
            before = current;
            after = generations.bound(before, edit.apply(before));
            new Reconciler(switches, false).check(before, after);
        }
        // A preview takes its time, and a candidate that hangs all of it: other edits need not wait.
        return new Change(false, Differences.between(before, after), preview(before, after));
    }

    /** For each place that would get another engine or filter: what that would do with the flows of now. */
    private List<String> preview(HostDocument before, HostDocument after) {
        List<String> lines = new ArrayList<>();
        Map<Place, Place.Holds> held = Place.all(before);
        Place.all(after).forEach((place, holds) -> {
            boolean swaps = held.containsKey(place) && !held.get(place).plugin().equals(holds.plugin());
            switches.find(place.switchName()).filter(home -> swaps).ifPresent(home -> lines.addAll(place.isEngine()
                    ? new SwapPreview(home).engine(switches.installed().engines().need(holds.plugin()))
                    : new SwapPreview(home).filter(after.need(place.switchName()).need(place.port()), place.slot(), switches.installed().filters().need(holds.plugin()))));
        });
        return lines;
    }

    @Override
    public synchronized Change apply(Edit edit) {
        HostDocument before = current;
        HostDocument edited = edit.apply(before);
        HostDocument after = generations.bound(before, edited);
        if (closed) {
            throw new Refusal("host " + switches.settings().name() + " is stopping");
        }
        Reconciler reconciler = new Reconciler(switches, false);
        reconciler.check(before, after);
        List<String> differences = Differences.between(before, after);
        // Written first: a full disk is found out before any switch is touched.
        file.prepare(after);
        try {
            reconciler.apply(before, after);
            file.commit();
        } catch (Throwable e) {
            file.discard();
            throw refused(e, goBack(before, after));
        }
        current = after;
        trials.watch(after);
        List<String> report = new ArrayList<>(reconciler.report());
        report.addAll(generations.triedAgain(before, edited));
        return new Change(true, differences, report);
    }

    /** Ends trials for which there is a reason, which is told. */
    private HostDocument withoutTrials(HostDocument document, Function<Trials.Waiting, String> reason) {
        List<Trials.Waiting> ended = Trials.in(document).stream().filter(trial -> reason.apply(trial) != null).toList();
        ended.forEach(trial -> switches.events().add(trial.place().subject(), trial.told(reason.apply(trial))));
        return Trials.takenBack(document, ended);
    }

    private synchronized void takeBack(Trials.Waiting waiting, String why) {
        guarded("taking a swap back", () -> turnTo(withoutTrials(current, trial -> trial.equals(waiting) ? why : null)));
    }

    /** Goes to a configuration that nobody asked for but things that happened; what cannot be done is told, and holds up nothing. */
    private void turnTo(HostDocument next) {
        HostDocument before = current;
        if (!closed && !next.equals(before)) {
            current = next;
            trials.watch(next);
            new Reconciler(switches, true).apply(before, next);
            keep(next);
        }
    }

    private void keep(HostDocument document) {
        try {
            file.prepare(document);
            file.commit();
        } catch (Refusal e) {
            switches.events().add("host " + switches.settings().name(), e.getMessage().replace("nothing was changed", "what is in force is not written, and is lost with the process"));
        }
    }

    /** What a failed edit is refused with: a refusal's own words, or what failed. */
    private static Refusal refused(Throwable failure, boolean undone) {
        if (failure instanceof Refusal refusal && undone) {
            return refusal;
        }
        LOG.error("an edit of the configuration failed", failure);
        return new Refusal(failure instanceof Refusal ? failure.getMessage() + "; not all could be undone, host:events says what is left"
                : "configuration: the edit failed (" + failure + "), the log has the details; " + (undone ? "nothing was changed" : "not all could be undone, host:events says what is left"), failure);
    }

    /**
     * From wherever a failed edit left the switches: what it changed of each is changed back, and one that it stopped is started again.
     *
     * @return false when a step back failed too
     */
    private boolean goBack(HostDocument before, HostDocument after) {
        Undo undo = new Undo(switches);
        try {
            for (SwitchDocument touched : after.switches()) {
                if (before.find(touched.name()).filter(touched::equals).isEmpty()) {
                    undo.back(touched, before.find(touched.name()).orElse(null));
                }
            }
            new Reconciler(switches, true).apply(before, before);
            return undo.isWhole();
        } catch (Throwable e) {
            switches.events().add("host " + switches.settings().name(), "an edit that failed could not be undone altogether: " + Reconciler.text(e));
            return false;
        }
    }

    private void pluginsChanged() {
        try {
            followUp.execute(() -> guarded("following bundles that came or went", this::follow));
        } catch (RejectedExecutionException e) {
            // The host is stopping.
        }
    }

    /** After bundles came or went: switches that could not start are started, engines that are gone are replaced, those that came back are used again. */
    private synchronized void follow() {
        if (closed) {
            return;
        }
        turnTo(generations.followed(withoutTrials(current, trial -> generations.isThere(trial.place(), trial.tried()) ? null : "has gone before it was confirmed")));
        new Reconciler(switches, true).apply(current, current);
        for (VirtualSwitch home : switches.all()) {
            current.find(home.name()).ifPresent(document -> follow(home, document));
        }
    }

    private void follow(VirtualSwitch home, SwitchDocument document) {
        for (Runnable step : List.<Runnable>of(() -> switches.engines().use(home, document), home::refreshFilters, () -> new Reconciler(switches, true).placeAgain(home, document))) {
            try {
                step.run();
            } catch (Throwable e) {
                switches.events().add("switch " + home.name(), Reconciler.text(e));
            }
        }
    }
}
