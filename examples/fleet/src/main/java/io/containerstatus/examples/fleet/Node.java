package io.containerstatus.examples.fleet;

import io.containerstatus.etcd.EtcdCheckpoints;
import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.examples.ProcessIdentities;
import io.containerstatus.examples.StatusLine;
import io.containerstatus.examples.Supervisor;
import io.containerstatus.reactive.Delivery;
import io.containerstatus.reactive.StatusStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The supervisor of one node. Its statuses are stored only on etcd. */
final class Node {
    private final EtcdCheckpoints etcd;
    private final String name;
    private final Path root;

    Node(EtcdEndpoints endpoints, String name, Path root) {
        this.name = name;
        this.root = root;
        etcd = EtcdCheckpoints.builder(endpoints, Main.PREFIX, name)
                .openTimeout(Main.PATIENCE)
                .outcomeTimeout(Main.PATIENCE)
                .build();
    }

    /**
     * Resumes the recorded containers of the node, starts the commands, and records and prints the changes of
     * all of them. It continues after all processes have ended, like a supervisor that may receive more commands.
     *
     * @return fails if a change could not be recorded, for example with
     *     {@link io.containerstatus.OwnershipLostException}. This example does not decide what to do about
     *     the processes in that case
     */
    Mono<Void> run(Map<String, List<String>> commands) {
        return StatusStore.builder(etcd).open().flatMap(store -> {
            System.out.println("process " + ProcessHandle.current().pid() + " is the supervisor of " + name);
            Mono<Void> supervised = Mono.usingWhen(
                    Mono.just(new Supervisor(store, new ProcessIdentities(root))),
                    supervisor -> supervisor.supervise(commands).then(Mono.never()),
                    supervisor -> store.close());
            Mono<Void> printed = store.changes(Delivery.latest())
                    .doOnNext(change -> System.out.println(StatusLine.of(change.id(), change.current())))
                    .then();
            return Mono.whenDelayError(printed, supervised);
        });
    }
}
