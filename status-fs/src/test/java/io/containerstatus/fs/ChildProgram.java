package io.containerstatus.fs;

import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Code that the tests run in a process of its own. It answers on its standard output, with one line for each answer.
 */
final class ChildProgram {
    private ChildProgram() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "update" -> update(root, Path.of(arguments[2]));
            case "create" -> create(root, Path.of(arguments[2]));
            case "delete" -> delete(root, Path.of(arguments[2]));
            case "hold" -> hold(root);
            case "open" -> open(FileCheckpoints.at(root));
            case "accept" ->
                open(FileCheckpoints.builder(root)
                        .acceptUnsyncedFolders()
                        .acceptUnlockedRoot()
                        .build());
            case "follow" -> FollowProgram.follow(root, arguments[2], Path.of(arguments[3]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** Creates a container between two checks of missing files, which are visible in a trace. */
    private static void create(Path root, Path markers) {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        checkpoints.open().block(Samples.PATIENCE);
        Files.exists(markers.resolve("begin"));
        checkpoints.create("web-1", Samples.CREATED).block(Samples.PATIENCE);
        Files.exists(markers.resolve("end"));
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Deletes a container between two such checks. */
    private static void delete(Path root, Path markers) {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        checkpoints.open().block(Samples.PATIENCE);
        checkpoints.create("web-1", Samples.CREATED).block(Samples.PATIENCE);
        Files.exists(markers.resolve("begin"));
        checkpoints.delete("web-1").block(Samples.PATIENCE);
        Files.exists(markers.resolve("end"));
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Writes a container, and again between two checks of missing files, which are visible in a trace. */
    private static void update(Path root, Path markers) {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        checkpoints.open().block(Samples.PATIENCE);
        checkpoints.write("web-1", Samples.CREATED).block(Samples.PATIENCE);
        Files.exists(markers.resolve("begin"));
        checkpoints.write("web-1", Samples.RUNNING).block(Samples.PATIENCE);
        Files.exists(markers.resolve("end"));
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Opens the root and keeps it open until the process's input ends or the process is killed. */
    private static void hold(Path root) throws IOException {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        answer(checkpoints.open().map(Opened::access).block(Samples.PATIENCE));
        System.in.read();
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Opens the root, writes, and reports both results. */
    private static void open(FileCheckpoints checkpoints) {
        try {
            answer(checkpoints.open().map(Opened::access).block(Samples.PATIENCE));
            checkpoints.write("web-1", Samples.CREATED).block(Samples.PATIENCE);
            answer("written");
        } catch (StatusException e) {
            answer(e.getClass().getSimpleName() + ": " + e.getMessage());
        } finally {
            checkpoints.close().block(Samples.PATIENCE);
        }
    }

    private static void answer(Object line) {
        System.out.println(line);
        System.out.flush();
    }
}
