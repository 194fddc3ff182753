package io.containerstatus.benchmarks;

import io.containerstatus.benchmarks.report.Profile;
import io.containerstatus.benchmarks.report.Profile.Share;
import io.containerstatus.benchmarks.report.Profile.Table;
import io.containerstatus.benchmarks.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** Records a body with the flight recorder, and sums up where the threads were found and what was allocated. */
final class FlightProfile {
    private static final int SHOWN = 10;
    private static final Duration SAMPLING = Duration.ofMillis(10);
    private static final Duration LEAST = Duration.ofSeconds(3);

    private final Map<String, Double> methods = new HashMap<>();
    private final Map<String, Double> blocked = new HashMap<>();
    private final Map<String, Double> classes = new HashMap<>();

    private FlightProfile() {}

    static Profile of(Target target, Contender.Turn body) throws Exception {
        Path file = Files.createTempFile("profile", ".jfr");
        try {
            record(file, body);
            FlightProfile profile = new FlightProfile();
            profile.read(file);
            return new Profile(
                    target.group(),
                    target.key(),
                    List.of(
                            table("running Java code was found in", profile.methods),
                            table("calls of the kernel were found in", profile.blocked),
                            table("bytes were allocated for", profile.classes)));
        } finally {
            Files.delete(file);
        }
    }

    private static void record(Path file, Contender.Turn body) throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ExecutionSample").withPeriod(SAMPLING);
            recording.enable("jdk.NativeMethodSample").withPeriod(SAMPLING);
            recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
            recording.start();
            long end = System.nanoTime() + LEAST.toNanos();
            do {
                body.take();
            } while (System.nanoTime() < end);
            recording.stop();
            recording.dump(file);
        }
    }

    private void read(Path file) throws IOException {
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                count(recording.readEvent());
            }
        }
    }

    private void count(RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample" -> methods.merge(top(event), 1.0, Double::sum);
            case "jdk.NativeMethodSample" -> blocked.merge(top(event), 1.0, Double::sum);
            case "jdk.ObjectAllocationSample" -> {
                RecordedClass allocated = event.getValue("objectClass");
                classes.merge(withoutHash(allocated.getName()), (double) event.getLong("weight"), Double::sum);
            }
            default -> {
                // Events of the recorder itself are ignored.
            }
        }
    }

    /** Returns the name without the number and the address of a lambda's class, which differ in each run. */
    static String withoutHash(String type) {
        return type.replaceFirst("(\\$\\$Lambda).*", "$1");
    }

    private static String top(RecordedEvent event) {
        RecordedStackTrace trace = event.getStackTrace();
        if (trace == null || trace.getFrames().isEmpty()) {
            return "unknown";
        }
        RecordedFrame frame = trace.getFrames().get(0);
        return withoutHash(frame.getMethod().getType().getName()) + "."
                + frame.getMethod().getName();
    }

    private static Table table(String title, Map<String, Double> counts) {
        double all = counts.values().stream().mapToDouble(count -> count).sum();
        return new Table(
                title,
                counts.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                        .limit(SHOWN)
                        .map(entry -> new Share(
                                entry.getKey(), String.format(Locale.ROOT, "%.1f %%", 100 * entry.getValue() / all)))
                        .toList());
    }
}
