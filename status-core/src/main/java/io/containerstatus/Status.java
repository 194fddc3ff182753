package io.containerstatus;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The status of one container at one moment: who runs, since when, how it ended.
 *
 * <p>Immutable, deeply so: a snapshot never changes and needs no copy. Every value that gets in
 * survives {@link StatusCodec} unchanged, except the three flags, which containerd never writes:
 * what could not survive is refused or replaced on the way in.
 *
 * <p>Times are exact to the nanosecond, from 1677-09-21T00:12:43.145224192Z to
 * 2262-04-11T23:47:16.854775807Z (int64 nanoseconds). Null means "not set"; the epoch itself, which
 * the file cannot tell from "not set", becomes null. A finish before the start is legal: containerd
 * writes it for containers that end at once.
 *
 * @param pid the init process's id, 0 to 4294967295 (uint32); 0 when there is none. An exited
 *     container may keep the pid of a task that was lost
 * @param createdAt when the container was created (CRI field {@code created_at}), or null
 * @param startedAt when it was started (CRI field {@code started_at}), or null
 * @param finishedAt when it ended (CRI field {@code finished_at}), or null
 * @param exitCode the exit code (CRI field {@code exit_code}); 0 until it ended. containerd uses
 *     128 for a failed start, 137 for killed and out of memory, 255 for unknown
 * @param reason why it is in its state, in CamelCase, such as {@code OOMKilled} (CRI field {@code
 *     reason}); empty when not set, and containerd then displays {@code Completed} or {@code Error}
 * @param message the details for a reader (CRI field {@code message}); empty when not set
 * @param starting whether a start is under way; never in the file
 * @param removing whether a removal is under way; never in the file
 * @param unknown whether the status could not be loaded; never in the file
 * @param resources the limits in force, or null when none were recorded (containerd before 1.6.9)
 * @param restore whether the container is restored from a checkpoint when it starts, as containerd 2.1 to 2.3 records
 *     it with the key {@code Restore}; null when the file has no such key. containerd 1.x, 2.0 and 2.4 write none
 * @param additionalProperties the members of the document that this library does not know: their names, and the JSON
 *     text of each value exactly as it stands in the document. Usually empty. Unmodifiable, in the order of the document.
 *     {@link StatusCodec#encode} writes them behind the known keys, byte for byte. If a name stands in the document more
 *     than once, this map shows its last value, and all of them are written. The limits have such a map each. Two of
 *     these maps are equal if the same bytes are written for them
 */
public record Status(
        long pid,
        @Nullable Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        int exitCode,
        String reason,
        String message,
        boolean starting,
        boolean removing,
        boolean unknown,
        @Nullable ContainerResources resources,
        @Nullable Boolean restore,
        Map<String, String> additionalProperties) {

    /**
     * Checks the ranges, turns the epoch into null, and replaces unpaired surrogates by U+FFFD.
     *
     * @throws IllegalArgumentException if the pid or a time is out of range, or if {@code additionalProperties} has
     *     entries and does not come from a decoded {@code Status}
     * @throws NullPointerException if the reason, the message or the additional properties are null
     */
    public Status {
        Ranges.requireUint32(pid, "pid");
        createdAt = Ranges.requireNanos(createdAt, "createdAt");
        startedAt = Ranges.requireNanos(startedAt, "startedAt");
        finishedAt = Ranges.requireNanos(finishedAt, "finishedAt");
        reason = Text.wellFormed(Objects.requireNonNull(reason, "reason"));
        message = Text.wellFormed(Objects.requireNonNull(message, "message"));
        additionalProperties = AdditionalProperties.of(additionalProperties, Status.class);
    }

    /** Returns a builder with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that holds this status, with {@link #restore()} and the additional properties of all levels. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Returns the state that follows from the fields, as containerd derives it: {@code UNKNOWN} if
     * {@link #unknown()}, else {@code EXITED} if it finished, else {@code RUNNING} if it started,
     * else {@code CREATED} if it was created, else {@code UNKNOWN}.
     */
    public ContainerState state() {
        if (unknown) {
            return ContainerState.UNKNOWN;
        }
        if (finishedAt != null) {
            return ContainerState.EXITED;
        }
        if (startedAt != null) {
            return ContainerState.RUNNING;
        }
        return createdAt != null ? ContainerState.CREATED : ContainerState.UNKNOWN;
    }

    /**
     * Collects a status; the last value set wins. Each setter checks its value, so that a failure
     * points at the line that caused it. Not threadsafe.
     */
    public static final class Builder {
        private long pid;
        private @Nullable Instant createdAt;
        private @Nullable Instant startedAt;
        private @Nullable Instant finishedAt;
        private int exitCode;
        private String reason = "";
        private String message = "";
        private boolean starting;
        private boolean removing;
        private boolean unknown;
        private @Nullable ContainerResources resources;
        private @Nullable Boolean restore;
        private Map<String, String> additionalProperties = AdditionalProperties.NONE;

        private Builder() {}

        private Builder(Status from) {
            pid = from.pid;
            createdAt = from.createdAt;
            startedAt = from.startedAt;
            finishedAt = from.finishedAt;
            exitCode = from.exitCode;
            reason = from.reason;
            message = from.message;
            starting = from.starting;
            removing = from.removing;
            unknown = from.unknown;
            resources = from.resources;
            restore = from.restore;
            additionalProperties = from.additionalProperties;
        }

        /**
         * Sets the init process's id, 0 for none.
         *
         * @throws IllegalArgumentException if it is not in 0..4294967295
         */
        public Builder pid(long pid) {
            this.pid = Ranges.requireUint32(pid, "pid");
            return this;
        }

        /**
         * Sets when the container was created; null and the epoch mean "not set".
         *
         * @throws IllegalArgumentException if the time is outside int64 nanoseconds
         */
        public Builder createdAt(@Nullable Instant createdAt) {
            this.createdAt = Ranges.requireNanos(createdAt, "createdAt");
            return this;
        }

        /**
         * Sets when the container was started; null and the epoch mean "not set".
         *
         * @throws IllegalArgumentException if the time is outside int64 nanoseconds
         */
        public Builder startedAt(@Nullable Instant startedAt) {
            this.startedAt = Ranges.requireNanos(startedAt, "startedAt");
            return this;
        }

        /**
         * Sets when the container ended; null and the epoch mean "not set".
         *
         * @throws IllegalArgumentException if the time is outside int64 nanoseconds
         */
        public Builder finishedAt(@Nullable Instant finishedAt) {
            this.finishedAt = Ranges.requireNanos(finishedAt, "finishedAt");
            return this;
        }

        /** Sets the exit code. */
        public Builder exitCode(int exitCode) {
            this.exitCode = exitCode;
            return this;
        }

        /** Sets the reason in CamelCase; empty means "not set". */
        public Builder reason(String reason) {
            this.reason = Objects.requireNonNull(reason, "reason");
            return this;
        }

        /** Sets the details for a reader; empty means "not set". */
        public Builder message(String message) {
            this.message = Objects.requireNonNull(message, "message");
            return this;
        }

        /** Sets whether a start is under way. */
        public Builder starting(boolean starting) {
            this.starting = starting;
            return this;
        }

        /** Sets whether a removal is under way. */
        public Builder removing(boolean removing) {
            this.removing = removing;
            return this;
        }

        /** Sets whether the status could not be loaded. */
        public Builder unknown(boolean unknown) {
            this.unknown = unknown;
            return this;
        }

        /** Sets the limits in force; null when none are recorded. */
        public Builder resources(@Nullable ContainerResources resources) {
            this.resources = resources;
            return this;
        }

        /** Sets whether the container is restored from a checkpoint when it starts; null leaves the key out of the file. */
        public Builder restore(@Nullable Boolean restore) {
            this.restore = restore;
            return this;
        }

        /**
         * Removes the members that this library does not know, of the status and of the resources that this builder
         * holds now with all their parts and list elements. {@link #restore(Boolean)} is a known key and stays.
         */
        public Builder clearAdditionalProperties() {
            additionalProperties = AdditionalProperties.NONE;
            resources = resources == null ? null : resources.withoutAdditionalProperties();
            return this;
        }

        Builder additionalProperties(Map<String, String> additionalProperties) {
            this.additionalProperties = additionalProperties;
            return this;
        }

        /** Returns the status collected so far. */
        public Status build() {
            return new Status(
                    pid,
                    createdAt,
                    startedAt,
                    finishedAt,
                    exitCode,
                    reason,
                    message,
                    starting,
                    removing,
                    unknown,
                    resources,
                    restore,
                    additionalProperties);
        }
    }
}
