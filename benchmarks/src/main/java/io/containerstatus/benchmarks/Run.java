package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Chart;
import io.containerstatus.benchmarks.report.Measurement;
import io.containerstatus.benchmarks.report.Profile;
import io.containerstatus.benchmarks.report.Remark;
import io.containerstatus.benchmarks.report.Rounds;
import io.containerstatus.benchmarks.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One run in progress: its plan, and its results so far. */
final class Run {
    private final Plan plan;
    private final Path work;
    private final boolean profiles;
    final List<Target> targets = new ArrayList<>();
    final List<Measurement> measurements = new ArrayList<>();
    final List<Chart> charts = new ArrayList<>();
    final List<Profile> profiled = new ArrayList<>();
    final List<Remark> remarks = new ArrayList<>();
    private int folders;

    /** Begins a run in this folder; {@code profiles} says whether to profile what misses its target. */
    Run(Plan plan, Path work, boolean profiles) {
        this.plan = plan;
        this.work = work;
        this.profiles = profiles;
    }

    Plan plan() {
        return plan;
    }

    /** Returns a new empty folder, on the file system of the run. */
    Path newFolder(String name) throws IOException {
        return Files.createDirectory(work.resolve(name + "-" + folders++));
    }

    void measured(String group, String name, String unit, Rounds rounds) {
        measurements.add(new Measurement(group, name, unit, rounds));
    }

    void chart(Chart chart) {
        charts.add(chart);
    }

    /**
     * Records a target. If the target is missed, {@code body} is profiled, which is one turn of the measurement.
     */
    void target(Target target, Contender.Turn body) throws Exception {
        target(target);
        if (profiles && !target.holds()) {
            profiled.add(FlightProfile.of(target, body));
        }
    }

    /** Records a target whose profile already exists, because the measurement has produced it. */
    void counted(Target target, Profile profile) {
        target(target);
        profiled.add(profile);
    }

    /** Records a target without a profile, because it was measured in other processes. */
    void target(Target target) {
        targets.add(target);
        say(target.what() + ": " + target.rounds().median() + " " + target.unit() + (target.holds() ? "" : ", MISSED"));
    }

    /** Records a remark for the page about this group, as a sentence. */
    void remark(String group, String text) {
        remarks.add(new Remark(group, text));
        say(text);
    }

    void say(String what) {
        System.out.println("    " + what);
    }
}
