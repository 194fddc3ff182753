package io.containerstatus.etcd;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The programs of etcd that the tests start: the server of {@code -Dstatus.etcd}, or {@code etcd} on the
 * PATH, and the {@code etcdctl} beside it. If a program is missing, the test is skipped with the reason. With
 * {@code -Dstatus.etcd.required}, it fails.
 */
public final class EtcdProgram {
    private EtcdProgram() {}

    /** Returns the server. */
    public static Path server() {
        String given = System.getProperty("status.etcd");
        if (given == null) {
            return onPath("etcd")
                    .orElseGet(() -> missing("there is no etcd on the PATH, and -Dstatus.etcd names none"));
        }
        Path program = Path.of(given);
        return Files.isExecutable(program) ? program : missing("no " + given);
    }

    /** Returns the client program, which restores snapshots. */
    public static Path client() {
        Path besideServer = server().resolveSibling("etcdctl");
        return Files.isExecutable(besideServer)
                ? besideServer
                : onPath("etcdctl").orElseGet(() -> missing("no " + besideServer + ", and no etcdctl on the PATH"));
    }

    private static Optional<Path> onPath(String name) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path missing(String reason) {
        return System.getProperty("status.etcd.required") == null ? abort(reason) : fail(reason);
    }
}
