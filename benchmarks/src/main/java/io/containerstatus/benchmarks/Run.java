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

/** One run under way: what it has to go by, and what it has found so far. */
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

    /** Begins a run in this folder; {@code profiles} is whether what misses its target is to be profiled. */
    Run(Plan plan, Path work, boolean profiles) {
        this.plan = plan;
        this.work = work;
        this.profiles = profiles;
    }

    Plan plan() {
        return plan;
    }

    /** Returns a new empty folder, on the file system that all of the run is on. */
    Path newFolder(String name) throws IOException {
        return Files.createDirectory(work.resolve(name + "-" + folders++));
    }

    void measured(String group, String name, String unit, Rounds rounds) {
        measurements.add(new Measurement(group, name, unit, rounds));
    }

    void chart(Chart chart) {
        charts.add(chart);
    }

    /** Notes a target; {@code body} is what to profile if it is missed: one turn of what was measured. */
    void target(Target target, Contender.Turn body) throws Exception {
        target(target);
        if (profiles && !target.holds()) {
            profiled.add(FlightProfile.of(target, body));
        }
    }

    /** Notes a target whose profile costs nothing: it was counted with it. */
    void counted(Target target, Profile profile) {
        target(target);
        profiled.add(profile);
    }

    /** Notes a target that has no profile: it was measured in other processes. */
    void target(Target target) {
        targets.add(target);
        say(target.what() + ": " + target.rounds().median() + " " + target.unit() + (target.holds() ? "" : ", MISSED"));
    }

    /** Notes what the page has to tell a reader of this group, as a sentence. */
    void remark(String group, String text) {
        remarks.add(new Remark(group, text));
        say(text);
    }

    void say(String what) {
        System.out.println("    " + what);
    }
}
