package io.containerstatus.examples;

import io.containerstatus.ContainerState;
import io.containerstatus.Status;
import io.containerstatus.fs.FileCheckpoints;
import io.containerstatus.reactive.StatusStore;
import io.containerstatus.test.DelegatingCheckpoints;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Supervises one container "job", and never gets to the end of writing that it is running. */
final class SupervisorWithStuckDisk {
    private SupervisorWithStuckDisk() {}

    public static void main(String[] args) {
        Path root = Path.of(args[0]);
        List<String> command = Arrays.asList(args).subList(1, args.length);
        DelegatingCheckpoints stuck = new DelegatingCheckpoints(FileCheckpoints.at(root)) {
            @Override
            public Publisher<Void> write(String id, Status status) {
                return status.state() == ContainerState.RUNNING ? Mono.never() : super.write(id, status);
            }
        };
        StatusStore.builder(stuck)
                .open()
                .flatMapMany(
                        store -> new Supervisor(store, new ProcessIdentities(root)).supervise(Map.of("job", command)))
                .blockLast();
    }
}
