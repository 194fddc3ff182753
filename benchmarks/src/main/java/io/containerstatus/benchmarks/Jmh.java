package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Rounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs bodies with JMH in alternating virtual machines: one for each body, and then again in the opposite order.
 */
final class Jmh {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Plan plan;
    private final List<Body> bodies = new ArrayList<>();
    private final Map<String, List<Double>> nanoseconds = new LinkedHashMap<>();
    private final Map<String, List<Double>> bytes = new LinkedHashMap<>();

    private record Body(String name, Class<?> owner, String method, Map<String, String> parameters) {}

    Jmh(Plan plan) {
        this.plan = plan;
    }

    /** Adds a body: a method annotated as a benchmark, with these parameters. */
    Jmh add(String name, Class<?> owner, String method, Map<String, String> parameters) {
        bodies.add(new Body(name, owner, method, parameters));
        nanoseconds.put(name, new ArrayList<>());
        bytes.put(name, new ArrayList<>());
        return this;
    }

    void run() throws RunnerException {
        List<Body> order = new ArrayList<>(bodies);
        for (int round = 0; round < plan.rounds(); round++) {
            for (Body body : order) {
                run(body);
            }
            Collections.reverse(order);
        }
    }

    private void run(Body body) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(body.owner.getName() + "." + body.method) + "$")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .addProfiler(GCProfiler.class)
                .forks(plan.forks() ? 1 : 0)
                .warmupIterations(1)
                .warmupTime(time(plan.warmUp()))
                .measurementIterations(plan.iterations())
                .measurementTime(time(plan.iteration()))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        body.parameters.forEach(options::param);
        for (RunResult result : new Runner(options.build()).run()) {
            of(body.name, nanoseconds).add(result.getPrimaryResult().getScore());
            of(body.name, bytes)
                    .add(Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED))
                            .getScore());
        }
    }

    private static List<Double> of(String name, Map<String, List<Double>> scores) {
        return Objects.requireNonNull(scores.get(name), name);
    }

    private static TimeValue time(Duration time) {
        return TimeValue.milliseconds(time.toMillis());
    }

    /** Returns the time that one call took, in nanoseconds. */
    Rounds nanoseconds(String name) {
        return new Rounds(of(name, nanoseconds));
    }

    /** Returns how much one call allocated, in bytes. */
    Rounds bytes(String name) {
        return new Rounds(of(name, bytes));
    }

    /** Reports all measurements to the run. */
    void report(Run run, String group) {
        for (Body body : bodies) {
            run.measured(group, body.name, "ns", nanoseconds(body.name));
            run.measured(group, body.name + ": allocated", "bytes", bytes(body.name));
        }
    }
}
