package io.containerstatus.fs;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.StatusException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A follower in a process of its own. */
final class FollowProgram {
    private FollowProgram() {}

    /**
     * Prints each change until a container {@code z} is emitted; if the stream ends before, prints how. Checks
     * a missing file at the beginning and at the end, which is visible in a trace.
     *
     * @param means "polling", or anything else for file events
     */
    static void follow(Path root, String means, Path markers) {
        StatusFollower.Builder builder = StatusFollower.builder(root);
        if (means.equals("polling")) {
            builder.polling();
        }
        Files.exists(markers.resolve("begin"));
        try {
            builder.build()
                    .changes()
                    .doOnNext(change -> answer(change.kind() + " " + change.id()))
                    .takeUntil(change -> change.id().equals("z") && change.kind() != Kind.DELETED)
                    .blockLast(Samples.PATIENCE);
        } catch (StatusException e) {
            answer(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
        Files.exists(markers.resolve("end"));
    }

    private static void answer(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
