package io.containerstatus.examples;

import io.containerstatus.etcd.EtcdEndpoints;
import io.containerstatus.etcd.FleetChange;
import io.containerstatus.etcd.FleetFollower;
import io.containerstatus.etcd.FleetNotice;
import io.containerstatus.etcd.FleetView;
import io.containerstatus.etcd.NodeChange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The example of {@code docs/fleet-follower.md}, run where no etcd is. */
class FleetSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void exampleRuns() throws IOException {
        String url;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = "http://127.0.0.1:" + free.getLocalPort();
        }
        // region fleet
        FleetFollower fleet =
                FleetFollower.builder(EtcdEndpoints.of(url), "/status").build();
        Flux<String> lines = fleet.events(FleetView.all().stateChangesOnly()).map(event -> {
            if (event instanceof FleetChange change) {
                String name = change.node() + "/" + change.id();
                return change.kind() == FleetChange.Kind.DELETED ? name + " is gone" : name + " is " + change.state();
            }
            if (event instanceof NodeChange node) {
                return node.node()
                        + (node.owner() == null
                                ? " has no owner"
                                : " is owned by " + node.owner().host());
            }
            FleetNotice notice = (FleetNotice) event;
            return notice.kind() + " " + notice.reason();
        });
        // endregion

        StepVerifier.create(lines)
                .expectNextMatches(line -> line.startsWith("INTERRUPTED etcdserverpb.KV/Range at 127.0.0.1:"))
                .thenCancel()
                .verify(PATIENCE);
        fleet.close().block(PATIENCE);
    }
}
