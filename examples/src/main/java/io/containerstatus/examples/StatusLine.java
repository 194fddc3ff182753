package io.containerstatus.examples;

import io.containerstatus.Status;
import io.containerstatus.StatusException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One container on one line.
 *
 * @param id the container's id
 * @param since the time of the last event in its life; null if it is not known
 * @param text the state and its details
 */
public record StatusLine(String id, @Nullable Instant since, String text) {

    /** Returns the line of a status. */
    public static StatusLine of(String id, Status status) {
        return switch (status.state()) {
            case CREATED -> new StatusLine(id, status.createdAt(), status.starting() ? "CREATED  starting" : "CREATED");
            case RUNNING ->
                new StatusLine(
                        id,
                        status.startedAt(),
                        "RUNNING  pid " + status.pid() + details(status.reason(), status.message()));
            case EXITED ->
                new StatusLine(
                        id,
                        status.finishedAt(),
                        "EXITED   code " + status.exitCode() + details(displayedReason(status), status.message()));
            case UNKNOWN -> new StatusLine(id, null, "UNKNOWN" + details(status.reason(), status.message()));
        };
    }

    static StatusLine missing(String id) {
        return new StatusLine(id, null, "UNKNOWN  no status file");
    }

    /** Returns the line of a container that was deleted. */
    public static StatusLine gone(String id) {
        return new StatusLine(id, null, "deleted");
    }

    /** Returns the line of a container whose status cannot be used. */
    public static StatusLine unusable(String id, StatusException failure) {
        return new StatusLine(id, null, "UNKNOWN  " + failure.getMessage());
    }

    /** Returns the line with the time in front. */
    String timed() {
        String time =
                since == null ? "-" : since.truncatedTo(ChronoUnit.SECONDS).toString();
        return String.format("%-20s  %s", time, this);
    }

    @Override
    public String toString() {
        return String.format("%-8s  %s", id, text);
    }

    /** Returns the stored reason; if there is none, the reason that containerd displays then. */
    private static String displayedReason(Status status) {
        if (!status.reason().isEmpty()) {
            return status.reason();
        }
        return status.exitCode() == 0 ? "Completed" : "Error";
    }

    private static String details(String reason, String message) {
        String shown = reason.isEmpty() ? "" : "  " + reason;
        // A message may come from a file of any program. So control characters are replaced, because they
        // could begin a new line or change the terminal's colours.
        return message.isEmpty() ? shown : shown + ": " + message.replaceAll("\\p{Cntrl}", " ");
    }
}
