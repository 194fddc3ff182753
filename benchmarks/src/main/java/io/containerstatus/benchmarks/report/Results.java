package io.containerstatus.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * All results of one run, from which the page and the pictures are made.
 *
 * @param machine the machine of the run
 * @param mode {@code full}, {@code quick} or {@code smoke}; only the first one supports a claim
 * @param commit the commit that was measured, as git names it
 * @param began when the run began, in UTC
 * @param seconds how long the run took
 * @param targets the table of targets
 * @param measurements the values behind the targets
 * @param charts the pictures
 * @param profiles the profiles of what missed its target, if they were requested
 * @param remarks what could not be measured, and why
 */
public record Results(
        Machine machine,
        String mode,
        String commit,
        String began,
        long seconds,
        List<Target> targets,
        List<Measurement> measurements,
        List<Chart> charts,
        List<Profile> profiles,
        List<Remark> remarks) {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Copies the lists. */
    public Results {
        targets = List.copyOf(targets);
        measurements = List.copyOf(measurements);
        charts = List.copyOf(charts);
        profiles = List.copyOf(profiles);
        // Results of an earlier release have no remarks.
        remarks = remarks == null ? List.of() : List.copyOf(remarks);
    }

    /** Reads results that {@link #write} wrote. */
    public static Results read(Path file) throws IOException {
        return MAPPER.readValue(Files.readAllBytes(file), Results.class);
    }

    /** Writes all results as JSON, including the medians and the verdicts. */
    public void write(Path file) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(this) + "\n");
    }
}
