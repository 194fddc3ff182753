package io.containerstatus.fs;

import io.containerstatus.StatusException;
import io.containerstatus.spi.StatusCheckpoints.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the tests run in a process of its own; it answers on its standard output, one line each. */
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

    /** Creates a container between two looks at files that are not there, which show in a trace. */
    private static void create(Path root, Path markers) {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        checkpoints.open().block(Samples.PATIENCE);
        Files.exists(markers.resolve("begin"));
        checkpoints.create("web-1", Samples.CREATED).block(Samples.PATIENCE);
        Files.exists(markers.resolve("end"));
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Deletes a container between two such looks. */
    private static void delete(Path root, Path markers) {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        checkpoints.open().block(Samples.PATIENCE);
        checkpoints.create("web-1", Samples.CREATED).block(Samples.PATIENCE);
        Files.exists(markers.resolve("begin"));
        checkpoints.delete("web-1").block(Samples.PATIENCE);
        Files.exists(markers.resolve("end"));
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Writes a container, and again between two looks at files that are not there, which show in a trace. */
    private static void update(Path root, Path markers) {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        checkpoints.open().block(Samples.PATIENCE);
        checkpoints.write("web-1", Samples.CREATED).block(Samples.PATIENCE);
        Files.exists(markers.resolve("begin"));
        checkpoints.write("web-1", Samples.RUNNING).block(Samples.PATIENCE);
        Files.exists(markers.resolve("end"));
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Opens the root and keeps it open until its input ends, or it is killed. */
    private static void hold(Path root) throws IOException {
        FileCheckpoints checkpoints = FileCheckpoints.at(root);
        answer(checkpoints.open().map(Opened::access).block(Samples.PATIENCE));
        System.in.read();
        checkpoints.close().block(Samples.PATIENCE);
    }

    /** Opens the root, writes, and says what came of both. */
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
