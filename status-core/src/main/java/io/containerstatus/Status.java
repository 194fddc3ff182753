package io.containerstatus;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The status of one container at one moment: which process runs, since when, and how it ended.
 *
 * <p>A status is deeply immutable, so it needs no defensive copy. {@link StatusCodec} writes and reads every
 * status without loss, except the three flags, which containerd never writes. To ensure this, the constructor
 * and the builder reject or replace every value that the format cannot hold.
 *
 * <p>Times have a precision of one nanosecond. They range from 1677-09-21T00:12:43.145224192Z to
 * 2262-04-11T23:47:16.854775807Z (int64 nanoseconds since the epoch). Null means "not set". The file cannot
 * distinguish the epoch from "not set", so the epoch becomes null. A finish before the start is legal:
 * containerd writes it for containers that end at once.
 *
 * @param pid the id of the init process, 0 to 4294967295 (uint32); 0 if there is none. If a container's task
 *     was lost, the exited container may still have the pid of that task
 * @param createdAt when the container was created (CRI field {@code created_at}), or null
 * @param startedAt when the container was started (CRI field {@code started_at}), or null
 * @param finishedAt when the container ended (CRI field {@code finished_at}), or null
 * @param exitCode the exit code (CRI field {@code exit_code}); 0 until the container has ended. containerd
 *     uses 128 if the start failed, 137 if the container was killed or ran out of memory, and 255 if the exit
 *     code is unknown
 * @param reason why the container is in its state, in CamelCase, such as {@code OOMKilled} (CRI field
 *     {@code reason}); empty if not set. If an exited container has no reason, containerd displays
 *     {@code Completed} or {@code Error}
 * @param message human-readable details (CRI field {@code message}); empty if not set
 * @param starting whether a start is in progress; never in the file
 * @param removing whether a removal is in progress; never in the file
 * @param unknown whether the status could not be loaded; never in the file
 * @param resources the resource limits in force, or null if none were recorded (containerd before 1.6.9)
 * @param restore whether the container is restored from a checkpoint when it starts. containerd 2.1 to 2.3
 *     record this with the key {@code Restore}; containerd 1.x, 2.0 and 2.4 write no such key. Null if the
 *     file has no such key
 * @param additionalProperties the members of the document that this library does not know; usually empty. It
 *     maps the name of each member to the JSON text of its value, exactly as in the document. It is
 *     unmodifiable and in the order of the document. {@link StatusCodec#encode} writes these members after
 *     the known keys, byte for byte. If a name occurs more than once in the document, this map has its last
 *     value, and {@code encode} writes all of them. The resource limits and their parts have such maps, too.
 *     Two such maps are equal if the same bytes are written for them
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
     * Checks the ranges, turns the epoch into null, and replaces unpaired surrogates with U+FFFD.
     *
     * @throws IllegalArgumentException if the pid or a time is out of range, or if
     *     {@code additionalProperties} has entries and does not come from a decoded {@code Status}
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

    /**
     * Returns a builder with all values of this status, including {@link #restore()} and the additional
     * properties of all levels.
     */
    public Builder toBuilder() {
        return Builder.of(this);
    }

    /**
     * Returns the state, derived from the fields as in containerd. The first rule that applies decides:
     *
     * <ol>
     *   <li>{@code UNKNOWN} if {@link #unknown()};
     *   <li>{@code EXITED} if {@link #finishedAt()} is set;
     *   <li>{@code RUNNING} if {@link #startedAt()} is set;
     *   <li>{@code CREATED} if {@link #createdAt()} is set;
     *   <li>{@code UNKNOWN} otherwise.
     * </ol>
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
     * Builds a status. If a setter is called more than once, the last value counts. Each setter checks its value at
     * once, so that an exception points at the line that caused it. A builder is not threadsafe.
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

        /**
         * Returns a builder with the values of this status. This is a static method and not a constructor, because in
         * a method that creates the builder, the compiler knows that the builder is new, and omits the garbage
         * collector's barrier at each assignment. {@code UpdateBenchmark.update} measures this.
         */
        private static Builder of(Status from) {
            Builder builder = new Builder();
            builder.pid = from.pid;
            builder.createdAt = from.createdAt;
            builder.startedAt = from.startedAt;
            builder.finishedAt = from.finishedAt;
            builder.exitCode = from.exitCode;
            builder.reason = from.reason;
            builder.message = from.message;
            builder.starting = from.starting;
            builder.removing = from.removing;
            builder.unknown = from.unknown;
            builder.resources = from.resources;
            builder.restore = from.restore;
            builder.additionalProperties = from.additionalProperties;
            return builder;
        }

        /**
         * Sets the id of the init process; 0 for none.
         *
         * @throws IllegalArgumentException if the id is not in 0..4294967295
         */
        public Builder pid(long pid) {
            this.pid = Ranges.requireUint32(pid, "pid");
            return this;
        }

        /**
         * Sets when the container was created. Null and the epoch mean "not set".
         *
         * @throws IllegalArgumentException if the time is outside the range of int64 nanoseconds
         */
        public Builder createdAt(@Nullable Instant createdAt) {
            this.createdAt = Ranges.requireNanos(createdAt, "createdAt");
            return this;
        }

        /**
         * Sets when the container was started. Null and the epoch mean "not set".
         *
         * @throws IllegalArgumentException if the time is outside the range of int64 nanoseconds
         */
        public Builder startedAt(@Nullable Instant startedAt) {
            this.startedAt = Ranges.requireNanos(startedAt, "startedAt");
            return this;
        }

        /**
         * Sets when the container ended. Null and the epoch mean "not set".
         *
         * @throws IllegalArgumentException if the time is outside the range of int64 nanoseconds
         */
        public Builder finishedAt(@Nullable Instant finishedAt) {
            this.finishedAt = Ranges.requireNanos(finishedAt, "finishedAt");
            return this;
        }

        /** Sets the exit code, any int; 0 until the container has ended. */
        public Builder exitCode(int exitCode) {
            this.exitCode = exitCode;
            return this;
        }

        /** Sets the reason, in CamelCase; empty means "not set". */
        public Builder reason(String reason) {
            this.reason = Objects.requireNonNull(reason, "reason");
            return this;
        }

        /** Sets the human-readable details; empty means "not set". */
        public Builder message(String message) {
            this.message = Objects.requireNonNull(message, "message");
            return this;
        }

        /** Sets whether a start is in progress. */
        public Builder starting(boolean starting) {
            this.starting = starting;
            return this;
        }

        /** Sets whether a removal is in progress. */
        public Builder removing(boolean removing) {
            this.removing = removing;
            return this;
        }

        /** Sets whether the status could not be loaded. */
        public Builder unknown(boolean unknown) {
            this.unknown = unknown;
            return this;
        }

        /** Sets the resource limits in force; null if none are recorded. */
        public Builder resources(@Nullable ContainerResources resources) {
            this.resources = resources;
            return this;
        }

        /**
         * Sets whether the container is restored from a checkpoint when it starts. If null, the file gets no
         * such key.
         */
        public Builder restore(@Nullable Boolean restore) {
            this.restore = restore;
            return this;
        }

        /**
         * Removes the additional properties of the status. Also removes those of the resources that this
         * builder has now, including all parts and list elements. {@link #restore(Boolean)} is a known key
         * and stays.
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

        /** Returns a status with the values set so far. */
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
